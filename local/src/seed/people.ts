import { createHmac } from "node:crypto";

type Role = "customer" | "admin" | "partner" | "deliverer";

export interface Person {
  role: Role;
  username: string;
  email: string;
  /** Named in the table that `npm start` prints. */
  shown: boolean;
}

/** The password of every sample log-in. Services refuse them outside local mode. */
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
 * The password of sample log-ins anywhere but on one machine: whoever knows the admin's can work it out, and nobody else,
 * so that sample data can be completed later.
 */
export function samplePasswordUnder(adminPassword: string): string {
  return `sample-${createHmac("sha256", adminPassword).update("sidecart sample people").digest("hex").slice(0, 24)}`;
}

/** Three people of each role. The first admin is made by the accounts service itself. */
export const people: readonly Person[] = [
  ...trio("admin", "admin", ["admin", "ida-holm", "marco-riva"]),
  ...trio("customer", "customer", ["lena-vogt", "jonas-berg", "amira-said"]),
  ...trio("partner", "partner", ["north-roastery", "corner-bakery", "green-grocer"]),
  ...trio("deliverer", "courier", ["sofia-lind", "tomas-novak", "kofi-mensah"]),
];
