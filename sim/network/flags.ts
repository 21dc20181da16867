/** TCP's control bits, as far as they are simulated. */
export const FLAG: { readonly fin: 1; readonly syn: 2; readonly rst: 4; readonly ack: 16 } =
  Object.freeze({
    fin: 1,
    syn: 2,
    rst: 4,
    ack: 16,
  });
