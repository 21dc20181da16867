/** What the person who runs the program can put right. The message is one line: what, where, what to do. */
export class UserFault extends Error {
  override readonly name = 'UserFault';
}
