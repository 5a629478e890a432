import type { Component } from "./component.ts";

/** Which app may publish or subscribe to which topics: `orders=orders.order-placed.v1,…;gateway=`. */
export type Scopes = { app: string; topics: string[] }[];

const publishers = (component: Component): Scopes => parseScopes(component.setting("publishingScopes"));
export const subscribers = (component: Component): Scopes => parseScopes(component.setting("subscriptionScopes"));

/** Every topic with a publisher or subscriber, without duplicates. */
export function topicsOf(component: Component): string[] {
  const all = [...publishers(component), ...subscribers(component)].flatMap(({ topics }) => topics);
  return [...new Set(all)].sort();
}

/** Parses `publishingScopes` and `subscriptionScopes`. */
export function parseScopes(text: string): Scopes {
  return text
    .replaceAll(/\s/g, "")
    .split(";")
    .filter((part) => part.includes("="))
    .map((part) => {
      const [app = "", topics = ""] = part.split("=");
      return { app, topics: topics.split(",").filter(Boolean) };
    });
}
