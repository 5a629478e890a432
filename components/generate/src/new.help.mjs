export const help =
  () => `Creates a service that passes all checks and tests: its folder, proto, gateway domain and all generated files.

npm run new -- service NAME [--of NOUN]

  NAME       3 to 20 lower-case letters: folder, app id, database, proto package. A plural, such as reviews: the service
             stores reviews, and each is a review
  --of NOUN  what the service stores, if its name is not the plural: service fulfilment --of parcel
  --help
`;
