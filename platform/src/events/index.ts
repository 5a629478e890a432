export { daprCallbacks } from "./app-callback.ts";
export type { Listener } from "./broadcast.ts";
export { type CacheInvalidation, type ChangesMessage, changeOf } from "./cache-invalidation.ts";
export type { Dispatcher } from "./dispatcher.ts";
export {
  EventTooLarge,
  type OutboxRow,
  outboxRow,
  type PendingEvent,
  pendingEvent,
  toCloudEvent,
  topicOf,
  type WrittenRow,
} from "./events.ts";
export { pruneInbox } from "./inbox.ts";
export { eventsOf, messagesOf } from "./messages.ts";
export { type OutboxOptions, startOutboxRelay } from "./outbox.ts";
export { on, onEveryReplica, type PubSub, type Received, type Subscription } from "./subscriptions.ts";
