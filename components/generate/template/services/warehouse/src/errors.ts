import type { ErrorKind } from "@sidecart/platform/rpc";

export const widgetErrors = {
  nameTaken: { code: "WIDGET_NAME_TAKEN", status: "ALREADY_EXISTS", text: "You have a widget of that name." },
} as const satisfies Record<string, ErrorKind>;
