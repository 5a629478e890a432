/** Ids by number: UUIDv7 with a time near 1970, so that rows that are written later are newer. */
const idOf = (kind: number) => (number: number) =>
  `00000000-0000-7${kind.toString(16).padStart(3, "0")}-8000-${number.toString(16).padStart(12, "0")}`;

export const accountId = idOf(1);
export const productId = idOf(2);
export const orderId = idOf(3);
export const reservationId = idOf(4);
