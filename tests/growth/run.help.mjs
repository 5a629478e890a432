export const defaultSizes = "1000,100000,1000000";

export const help = () => `What the system costs as its data grow, measured on a PostgreSQL and sidecars of its own.

npm run growth [-- options] [PART…]

  --sizes N,N,N      how many products, orders and people; ${defaultSizes}

Parts: catalog, orders, accounts, hot-product, retention, churn. What they find goes into docs/evidence/growth-DATE.md.
`;
