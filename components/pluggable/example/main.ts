import { runComponent } from "@sidecart/pluggable/process";
import { currencies } from "./currencies.ts";

await runComponent(currencies);
