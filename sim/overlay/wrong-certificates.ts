import type { CertificateTrouble } from '../faults/mod.ts';
import { TEST_NETWORK_CHAIN, TEST_NETWORK_KEY } from './certificates.ts';

/** What a server of a test network shows: a chain, and the key of its leaf. */
export type Credentials = { readonly chainPem: string; readonly keyPem: string };

/** What a server shows that has this trouble, or none. */
export function credentialsOf(trouble: CertificateTrouble | undefined): Credentials {
  switch (trouble) {
    case undefined:
      return { chainPem: TEST_NETWORK_CHAIN, keyPem: TEST_NETWORK_KEY };
    case 'expired':
      return { chainPem: EXPIRED, keyPem: TEST_NETWORK_KEY };
    case 'wrong-name':
      return { chainPem: ELSEWHERE, keyPem: TEST_NETWORK_KEY };
    case 'wrong-key':
      return { chainPem: STRANGER, keyPem: STRANGER_KEY };
  }
}

/** For the names below .spn.test, valid in the year 2000. */
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBtjCCAVygAwIBAgIBBDAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNzcG4gdGVz
dCBuZXR3b3JrIGNhMB4XDTAwMDEwMTAwMDAwMFoXDTAxMDEwMTAwMDAwMFowGzEZ
MBcGA1UEAwwQc3BuIHRlc3QgbmV0d29yazBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABKdgbp6AS21HysX+ii/tBnA/IDwPTnVAETrudReKlUPHPnS8TWGAAksOdMha
KuuT1SUqd31RSwafOC5BlsrK3fOjgY0wgYowDAYDVR0TAQH/BAIwADAOBgNVHQ8B
Af8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwFQYDVR0RBA4wDIIKKi5zcG4u
dGVzdDAdBgNVHQ4EFgQUqTHfF6KusSZIOEOLr8XW9jCSwsgwHwYDVR0jBBgwFoAU
PcPlVml3ZaNpPToTvovsM1oLHVYwCgYIKoZIzj0EAwIDSAAwRQIhANxrFWUSClt9
cL7JN/V9atQD7zKq8jOekaYNbATHvovYAiB3FjWoWAXb7z2DFDQ+jzVXXPaY06nb
mZKyeailfMRxZg==
-----END CERTIFICATE-----
`;

/** For the names below .elsewhere.test. */
const ELSEWHERE = `-----BEGIN CERTIFICATE-----
MIIBvzCCAWSgAwIBAgIBBTAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNzcG4gdGVz
dCBuZXR3b3JrIGNhMCAXDTAwMDEwMTAwMDAwMFoYDzIxMjUwMTAxMDAwMDAwWjAb
MRkwFwYDVQQDDBBzcG4gdGVzdCBuZXR3b3JrMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEp2BunoBLbUfKxf6KL+0GcD8gPA9OdUAROu51F4qVQ8c+dLxNYYACSw50
yFoq65PVJSp3fVFLBp84LkGWysrd86OBkzCBkDAMBgNVHRMBAf8EAjAAMA4GA1Ud
DwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATAbBgNVHREEFDASghAqLmVs
c2V3aGVyZS50ZXN0MB0GA1UdDgQWBBSpMd8Xoq6xJkg4Q4uvxdb2MJLCyDAfBgNV
HSMEGDAWgBQ9w+VWaXdlo2k9OhO+i+wzWgsdVjAKBggqhkjOPQQDAgNJADBGAiEA
t5uhmqti8XqR78OmpiXI2otobC4+DcyGGiPkUtges44CIQDVQbixTYZZlzKGW8V0
hjCToBFZUM9tnR9aTH6YF+C8Mw==
-----END CERTIFICATE-----
`;

/** For the names below .spn.test, by an authority that calls itself as ours does. */
const STRANGER = `-----BEGIN CERTIFICATE-----
MIIBuTCCAV6gAwIBAgIBBjAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNzcG4gdGVz
dCBuZXR3b3JrIGNhMCAXDTAwMDEwMTAwMDAwMFoYDzIxMjUwMTAxMDAwMDAwWjAb
MRkwFwYDVQQDDBBzcG4gdGVzdCBuZXR3b3JrMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEQL/O7U2RfeLKS/5SaAoJMa7PokqiYlCckZ9a3KAEZB5YBITbdFfFjNGg
IyMsetJScmKWDuuYMcpzzTFSQO1ma6OBjTCBijAMBgNVHRMBAf8EAjAAMA4GA1Ud
DwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATAVBgNVHREEDjAMggoqLnNw
bi50ZXN0MB0GA1UdDgQWBBRMvAQbUZVrAkMAKAr4qqxkaGApWDAfBgNVHSMEGDAW
gBSzooup0c567YqEZhk3aZEWYWMcSzAKBggqhkjOPQQDAgNJADBGAiEA8R6i/Ie+
A3Ja/jSbMrxRhQEMWrEii8kAcO3dNQsYfwkCIQD0qKRjiJ6MKLHewerVsKSIC/Zs
kHba9yrz8292Ju1aUQ==
-----END CERTIFICATE-----
`;

const STRANGER_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7nUJjE0FIdD413QW
BiFY2FFYcBEu5Z1jhG9UhQ41R56hRANCAARAv87tTZF94spL/lJoCgkxrs+iSqJi
UJyRn1rcoARkHlgEhNt0V8WM0aAjIyx60lJyYpYO65gxynPNMVJA7WZr
-----END PRIVATE KEY-----
`;
