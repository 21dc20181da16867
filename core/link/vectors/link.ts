// A whole link as octets: SHA-256 of each message of makePair(1, true) in pair.case.ts (seeds and the test
// generator stand there), and one record in full. Made by this code and checked against nothing else yet; they
// pin the wire, so that a change of PROTOCOL §2 to §5 is made on purpose.

export const LINK_VECTORS: { readonly [message: string]: readonly [number, string] } =
  Object.freeze({
    statement: [1418, 'dbcffea0cb25524bea3b129bd1a4c42f4bda1a2ffc6dd4de17f444804a4e8d0c'],
    first: [2352, '698631c88877897c6f63d421c3ee99c5a246801c313af44268666d3cb09a763f'],
    second: [1136, 'e66d8f4a9aec9d20ad0bbcf497da9580939097ec58c25d27b46fe4f4c81a6185'],
    introduction: [291, '38babd934769b2f021b3479a978e4af1a93ebad61530cad5dcec665d8b640381'],
    record: [
      135,
      '7fbfbe907b516e7977f14cc9f6053b61f4894e527d7403340cf5ee41064c6dce95dbd42bb32e42747e2d694e2f3c20edea98043613b6a3fdb69a378db3faca4094c44ee1674c200c2a6187899017cfc017cfdd080a07e7920ef910ef55d50babcf82421e13d01412428890890a026507c94d980f31695a598a717a9a7b630eeb0e6f4568f8f3aa',
    ],
    end: [20105, '1f370222b4d3c79348279a012b9b3d93ba06fc4029842271afa49f13ea7a7b4b'],
  });
