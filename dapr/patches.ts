/** A piece of text to be compiled in place of another, in a file of a module that we use. */
export interface Patch {
  module: string;
  file: string;
  from: string;
  to: string;
  /** How often the text must be there. */
  times: number;
}

const module = "github.com/dapr/components-contrib";
const runtime = "github.com/dapr/dapr";

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
  {
    // A connection that broke while rows were read passed for their end: entries that are there were said not to be.
    module,
    file: "state/postgresql/v2/postgresql.go",
    from: "	// Populate missing keys with empty values\n",
    to: "	if err = rows.Err(); err != nil {\n		return nil, err\n	}\n\n	// Populate missing keys with empty values\n",
    times: 1,
  },
  {
    // On one machine each call asked SQLite several times where it goes, which took up to 38 % of a sidecar's CPU. What a
    // resolver finds for all replicas at once is kept, as in Kubernetes.
    module,
    file: "nameresolution/sqlite/sqlite.go",
    from: "func (s *resolver) deregisterHost(",
    to: `func (s *resolver) ResolveIDMulti(ctx context.Context, req nameresolution.ResolveRequest) (addresses nameresolution.AddressList, err error) {
	queryCtx, queryCancel := context.WithTimeout(ctx, s.metadata.Timeout)
	defer queryCancel()

	rows, err := s.db.QueryContext(queryCtx, fmt.Sprintf(
		"SELECT address FROM %s WHERE app_id = ? AND unixepoch(CURRENT_TIMESTAMP) - last_update < %d",
		s.metadata.TableName, int(s.metadata.UpdateInterval.Seconds()),
	), req.ID)
	if err != nil {
		return nil, fmt.Errorf("failed to look up addresses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var address string
		if err = rows.Scan(&address); err != nil {
			return nil, fmt.Errorf("failed to look up addresses: %w", err)
		}
		addresses = append(addresses, address)
	}
	if err = rows.Err(); err != nil {
		return nil, fmt.Errorf("failed to look up addresses: %w", err)
	}
	if len(addresses) == 0 {
		return nil, ErrNoHost
	}
	return addresses, nil
}

func (s *resolver) deregisterHost(`,
    times: 1,
  },
  {
    // Which pods an app has is looked up again after 20 seconds: for so long new ones were not called, and ended ones
    // were.
    module: runtime,
    file: "pkg/messaging/direct_messaging.go",
    from: "const resolverCacheTTL = 20",
    to: "const resolverCacheTTL = 5",
    times: 1,
  },
  {
    // A pod that is gone may answer nothing at all: 20 seconds were waited for it, and up to 2 minutes between tries.
    module: runtime,
    file: "pkg/api/grpc/manager/manager.go",
    from: "		grpc.WithDefaultServiceConfig(grpcServiceConfig),",
    to: `		grpc.WithDefaultServiceConfig(grpcServiceConfig),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second},
			MinConnectTimeout: time.Second,
		}),`,
    times: 1,
  },
  {
    // One call that found a pod ending closed the connection under all others that were still being answered there. A
    // connection comes back by itself.
    module: runtime,
    file: "pkg/api/grpc/proxy/handler.go",
    from: "target != nil && (code == codes.Unavailable || code == codes.Unauthenticated)",
    to: "target != nil && code == codes.Unauthenticated",
    times: 1,
  },
];
