export { maxKeyBytes, maxRequestBytes, type StateStore } from "./state.ts";
