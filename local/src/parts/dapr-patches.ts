import type { Patch } from "./go-patches.ts";

const module = "github.com/dapr/components-contrib";

/**
 * What our build of Dapr has mended and its releases have not yet; docs/brokers.md says what that means for an official
 * daprd. A patch that no longer fits its file fails the build: look then whether the release has it.
 */
export const daprPatches: readonly Patch[] = [
  {
    // An event that RabbitMQ refused, or had not confirmed when the connection broke, counted as published.
    module,
    file: "pubsub/rabbitmq/rabbitmq.go",
    from: 'publishing to %s failed: %v", logMessagePrefix, req.Topic, err)',
    to: 'publishing to %s failed: %v", logMessagePrefix, req.Topic, err)\n			return r.channel, r.connectionCount, err',
    times: 1,
  },
  {
    // So did an event whose time was over while the connection was made anew.
    module,
    file: "pubsub/rabbitmq/rabbitmq.go",
    from: "			case <-ctx.Done():\n				return nil\n",
    to: "			case <-ctx.Done():\n				return ctx.Err()\n",
    times: 2,
  },
  {
    // Subscriptions that came back at the same time took each other's answers (amqp091's channels are not for that); the
    // broker went on delivering to a consumer that nobody read.
    module,
    file: "pubsub/rabbitmq/rabbitmq.go",
    from: "			msgs, err = channel.Consume(",
    to: "			r.channelMutex.Lock()\n			msgs, err = channel.Consume(",
    times: 1,
  },
  {
    module,
    file: "pubsub/rabbitmq/rabbitmq.go",
    from: '			if err != nil {\n				errFuncName = "channel.Consume"',
    to: '			r.channelMutex.Unlock()\n			if err != nil {\n				errFuncName = "channel.Consume"',
    times: 1,
  },
  {
    // After two minutes without a server it never came back: https://github.com/dapr/components-contrib/issues/4563
    module,
    file: "pubsub/jetstream/jetstream.go",
    from: "opts = append(opts, nats.Name(js.meta.Name))",
    to: "opts = append(opts, nats.Name(js.meta.Name), nats.MaxReconnects(-1))",
    times: 1,
  },
];
