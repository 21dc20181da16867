import type { Suite } from '#core/crypto/mod.ts';
import { createNativeSuite, KNOWN } from '#core/crypto/native/mod.ts';
import { say } from './command-line.ts';

/** The suite of a program that runs on. Says so when it seals several times more slowly than it could. */
export function programSuite(): Suite {
  const suite = createNativeSuite();
  if (suite.backend !== 'openssl')
    say(
      `cryptography: by ${suite.backend}, several times slower: OpenSSL is called directly in Node ` +
        `${KNOWN.join(', ')} on Linux and macOS, and this is ${process.versions.node} on ${process.platform}`,
    );
  return suite;
}
