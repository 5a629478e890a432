export { maxKeyBytes, maxRequestBytes, type StateStore, stateStore } from "./state.ts";
