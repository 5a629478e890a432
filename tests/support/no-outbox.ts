/** For stores whose events nobody is to be told of. */
export const noOutbox = { publish() {}, kickOutbox() {} };
