import { createHmac } from "node:crypto";

type Role = "customer" | "admin" | "partner" | "deliverer";

export interface Person {
  role: Role;
  username: string;
  email: string;
  /** Whether `npm start` prints this log-in. */
  shown: boolean;
}

/** The password of every sample account. Services refuse it outside local mode. */
export const samplePassword = "sidecart-local";

function trio(role: Role, local: string, usernames: readonly [string, string, string]): Person[] {
  return usernames.map((username, index) => ({
    role,
    username,
    email: `${local}${index === 0 ? "" : index + 1}@sidecart.test`,
    shown: index === 0,
  }));
}

/**
 * The password of sample accounts outside local mode. It is derived from the admin's password, so that only the admin
 * knows it and can complete the sample data later.
 */
export function samplePasswordUnder(adminPassword: string): string {
  return `sample-${createHmac("sha256", adminPassword).update("sidecart sample people").digest("hex").slice(0, 24)}`;
}

/** Three accounts of each role. The accounts service creates the first admin. */
export const people: readonly Person[] = [
  ...trio("admin", "admin", ["admin", "ida-holm", "marco-riva"]),
  ...trio("customer", "customer", ["lena-vogt", "jonas-berg", "amira-said"]),
  ...trio("partner", "partner", ["north-roastery", "corner-bakery", "green-grocer"]),
  ...trio("deliverer", "courier", ["sofia-lind", "tomas-novak", "kofi-mensah"]),
];
