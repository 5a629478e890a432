import { join } from "node:path";
import { apps } from "@sidecart/local/apps";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import { type Media, media } from "@sidecart/platform/media";
import { background } from "@sidecart/platform/rpc";
import type { Test } from "tap";
import { behindSidecar } from "../../support/direct.ts";
import { scopedResources } from "../../support/scoped-component.ts";
import { startSystem } from "../../support/system.ts";

export type MediaName = NonNullable<LaunchOptions["media"]>;

export type MediaStores = {
  system: Launched;
  accounts: Media;
  catalog: Media;
  /** An app that is not in the component's scopes. */
  orders: Media;
  /** Accounts' access through a component that cannot write, or has a wrong key. */
  broken: Media;
  startSeconds: number;
};

export const call = (timeoutMs = 10_000) => background(timeoutMs);

/** The launcher's real system on a media store, with one more, misconfigured component. */
export async function startMedia(t: Test, store: MediaName): Promise<MediaStores> {
  const users = ["accounts", "catalog", "orders"];
  const steps = new Map<string, number>();
  const system = await startSystem(t, {
    media: store,
    onStep: ({ name, ms }) => void steps.set(name, ms / 1000),
    apps: apps.filter(({ id }) => users.includes(id)),
    resources: [join(import.meta.dirname, "resources", store)],
    resourcesRoot: await scopedResources(t, `media/${store}`, ["accounts", "catalog"]),
  });
  const [accounts, catalog, orders] = users.map((app) => media(behindSidecar(t, system, app).sidecar, app));
  const { sidecar } = behindSidecar(t, system, "accounts");
  if (!accounts || !catalog || !orders) throw new Error("an app is missing");
  const startSeconds = steps.get(`media ${store}`) ?? Number.NaN;
  return { system, accounts, catalog, orders, broken: media(sidecar, "accounts", "media-broken"), startSeconds };
}
