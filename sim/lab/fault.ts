/** What the user can mend: one line that says what is wrong, where, and what to do. Exit status 2. */
export class UsageFault extends Error {}
