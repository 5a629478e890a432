/** Every choice of `npm start`, the default of each kind first. */
export const backendNames = /** @type {const} */ ({
  broker: ["redis", "rabbitmq", "jetstream", "kafka"],
  state: ["redis", "postgresql"],
  search: ["embedded", "elasticsearch"],
  media: ["localstorage", "s3"],
});
