import type { ErrorKind } from "@sidecart/platform/rpc";

export const accountErrors = {
  emailTaken: { code: "EMAIL_TAKEN", status: "ALREADY_EXISTS", text: "A user with this e-mail exists already." },
  weakPassword: { code: "WEAK_PASSWORD", status: "INVALID_ARGUMENT", text: "Choose another password." },
  invalidCredentials: { code: "INVALID_CREDENTIALS", status: "UNAUTHENTICATED", text: "E-mail or password is wrong." },
  tooManyAttempts: {
    code: "TOO_MANY_ATTEMPTS",
    status: "RESOURCE_EXHAUSTED",
    text: "Too many failed attempts. Try again later.",
  },
  invalidRefreshToken: {
    code: "INVALID_REFRESH_TOKEN",
    status: "UNAUTHENTICATED",
    text: "The session has ended. Log in again.",
  },
  accountNotFound: { code: "USER_NOT_FOUND", status: "NOT_FOUND", text: "There is no such user." },
} as const satisfies Record<string, ErrorKind>;
