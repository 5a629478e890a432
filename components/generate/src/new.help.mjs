export const help =
  () => `Makes a service that is green at once: its folder, proto, gateway domain and everything that follows from them.

npm run new -- service NAME [--of NOUN]

  NAME       3 to 20 lower-case letters: folder, app id, database, proto package. A plural, such as reviews: the service
             keeps reviews, and each is a review
  --of NOUN  what the service keeps, where its name does not say it: service fulfilment --of parcel
  --help
`;
