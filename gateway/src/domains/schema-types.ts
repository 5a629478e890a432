// Generated from the schema of all domains by `npm run generate`: never edit it by hand.
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// biome-ignore-all format: generated
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApiDeadLetter, ApiDeadLetterConnection, ApiDeadLetterEdge, ApiEventHandling, ApiOrderStep, ApiReservation } from './operations-admin/model.ts';
import type { ApiOrder, ApiOrderConnection, ApiOrderEdge, ApiOrderTransition } from './orders/model.ts';
import type { ApiProduct, ApiProductConnection, ApiProductEdge, ApiProductSearchConnection, ApiReindexProgress } from './catalog/model.ts';
import type { ApiTokens, ApiUser, ApiUserConnection, ApiUserEdge } from './accounts/model.ts';
import type { GraphqlContext } from '../graphql/context.ts';
export type Maybe<T> = T | null | undefined;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An amount in minor units of a currency (cents for EUR): a whole number below 2^53. */
  MinorUnits: { input: number; output: bigint | number; }
  /** A time in RFC 3339, in UTC: `2026-11-30T09:15:13.000Z`. */
  DateTime: { input: string; output: string; }
  /** An object whose values are short texts. */
  TextMap: { input: Record<string, string>; output: Record<string, string>; }
};

/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type Query = {
  /** The user who is logged in. */
  me?: Maybe<User>;
  /** All users, newest first. Admin only. */
  users?: Maybe<UserConnection>;
  /** Any user for an admin, for others themselves. Null when there is none, or when the caller may not see it. */
  user?: Maybe<User>;
  /** Newest first. With `query` the best matches, as `searchProducts` finds them. */
  products?: Maybe<ProductConnection>;
  /** One product; null when there is none. */
  product?: Maybe<Product>;
  /** Searches products, forgiving typing errors. */
  searchProducts?: Maybe<ProductSearchConnection>;
  /** Completions for a search box, as the user types. */
  suggestProducts?: Maybe<Array<Scalars['String']['output']>>;
  /** Admin only. How far a rebuild of the search index is. */
  reindexProgress?: Maybe<ReindexProgress>;
  /** The caller's orders, newest first; with `all` (admin only) everybody's. */
  orders?: Maybe<OrderConnection>;
  /** One order. Null when there is none, or when the caller may not see it. */
  order?: Maybe<Order>;
  /** Admin only. Events that a service could not handle, oldest first. */
  deadLetters?: Maybe<DeadLetterConnection>;
  /** Admin only. What has happened to an order in every service; null when there is no such order. */
  orderStory?: Maybe<OrderStory>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryProductsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  query?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryProductArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QuerySearchProductsArgs = {
  query?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ProductFilter>;
  sort?: InputMaybe<ProductSort>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QuerySuggestProductsArgs = {
  prefix: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryReindexProgressArgs = {
  index: Scalars['String']['input'];
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  all?: InputMaybe<Scalars['Boolean']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryDeadLettersArgs = {
  service: ServiceName;
  topic?: InputMaybe<Scalars['String']['input']>;
  error?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an error; the other fields have their values. */
export type QueryOrderStoryArgs = {
  orderId: Scalars['ID']['input'];
};

/** Writes. */
export type Mutation = {
  /** Creates a user with the role CUSTOMER. Anyone may. */
  registerUser: User;
  /** Starts a session. */
  login: Tokens;
  /** Exchanges a refresh token for a new pair of tokens. A refresh token works once; using it again ends the session. */
  refreshToken: Tokens;
  /** Ends the session of this refresh token. */
  logout: Success;
  /** Ends all sessions of the caller. */
  logoutAll: LogoutAllResult;
  /** Changes the caller's password and ends all sessions of the caller. */
  changePassword: Success;
  /** Admin only. Replaces all roles of a user. Admins cannot remove their own admin role. */
  grantRoles: User;
  /** Admins, and partners for their own shop. */
  createProduct: Product;
  /** Admins and the owning partner. Fields that are absent or null stay as they are. */
  updateProduct: Product;
  /** Admins and the owning partner. Changes the stock, or deletes the product. */
  updateInventory: InventoryResult;
  /** Admin only. Starts to rebuild the search index; `reindexProgress` returns the progress. */
  reindex: ReindexResult;
  /** Orders products and reserves them. The order expires unless it is paid within 15 minutes. */
  placeOrder: Order;
  /** Cancels an order. Possible until preparation starts. */
  cancelOrder: Order;
  /** Admin only. Confirms the payment of an order. */
  markOrderPaid: Order;
  /** Admin only. Retries dead letters; each takes effect at most once. Those that fail again stay. */
  redriveDeadLetters: RedriveResult;
};


/** Writes. */
export type MutationRegisterUserArgs = {
  input: RegisterUserInput;
};


/** Writes. */
export type MutationLoginArgs = {
  input: LoginInput;
};


/** Writes. */
export type MutationRefreshTokenArgs = {
  input: RefreshTokenInput;
};


/** Writes. */
export type MutationLogoutArgs = {
  input: LogoutInput;
};


/** Writes. */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/** Writes. */
export type MutationGrantRolesArgs = {
  input: GrantRolesInput;
};


/** Writes. */
export type MutationCreateProductArgs = {
  input: CreateProductInput;
};


/** Writes. */
export type MutationUpdateProductArgs = {
  input: UpdateProductInput;
};


/** Writes. */
export type MutationUpdateInventoryArgs = {
  input: UpdateInventoryInput;
};


/** Writes. */
export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


/** Writes. */
export type MutationCancelOrderArgs = {
  input: CancelOrderInput;
};


/** Writes. */
export type MutationMarkOrderPaidArgs = {
  input: MarkOrderPaidInput;
};


/** Writes. */
export type MutationRedriveDeadLettersArgs = {
  input: RedriveDeadLettersInput;
};

/** Where a page of a list ends. */
export type PageInfo = {
  /** Whether there is a further page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** The cursor of the page's last row: the `after` of the next page. Null if the page has no rows. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** The result of an act that returns nothing else. */
export type Success = {
  /** Always true: a failure is an error. */
  success: Scalars['Boolean']['output'];
};

/** What a user may do. */
export type Role =
  /** May order. */
  | 'CUSTOMER'
  /** May do everything that this API offers to admins. */
  | 'ADMIN'
  /** May create, change and restock the products of its own shop. */
  | 'PARTNER'
  /** May do nothing more so far. */
  | 'DELIVERER';

/** A person who has registered, or a partner. */
export type User = {
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The e-mail address for logging in, with its domain in lower case. */
  email: Scalars['String']['output'];
  /** The name that others see. */
  username: Scalars['String']['output'];
  /** What the user may do. */
  roles: Array<Role>;
  /** When the user registered. */
  createdAt: Scalars['DateTime']['output'];
  /** The user's orders, newest first. */
  orders?: Maybe<OrderConnection>;
};


/** A person who has registered, or a partner. */
export type UserOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A page of users. */
export type UserConnection = {
  /** The rows with their cursors. */
  edges: Array<UserEdge>;
  /** The rows alone. */
  nodes: Array<User>;
  /** Where the page ends. */
  pageInfo: PageInfo;
};

/** A user in a list. */
export type UserEdge = {
  /** The user. */
  node: User;
  /** The `after` of a page that starts behind this row. */
  cursor: Scalars['String']['output'];
};

/** The tokens of a session. */
export type Tokens = {
  /** The access token: send it as `Authorization: Bearer …`. */
  token: Scalars['String']['output'];
  /** For the next pair of tokens. A second use within 10 seconds returns the same pair; a later one ends the session. */
  refreshToken: Scalars['String']['output'];
  /** Seconds until the access token expires. */
  expiresIn: Scalars['Int']['output'];
};

/** The result of `logoutAll`. */
export type LogoutAllResult = {
  /** How many sessions ended. */
  sessionsEnded: Scalars['Int']['output'];
};

/** The input of `registerUser`. */
export type RegisterUserInput = {
  /** An e-mail address that no other user has, whatever its case. */
  email: Scalars['String']['input'];
  /** The name that others see. */
  username: Scalars['String']['input'];
  /** At least 10 characters; passwords that leaked often are refused. */
  password: Scalars['String']['input'];
};

/** The input of `login`. */
export type LoginInput = {
  /** The user's e-mail address. */
  email: Scalars['String']['input'];
  /** The user's password. */
  password: Scalars['String']['input'];
};

/** The input of `refreshToken`. */
export type RefreshTokenInput = {
  /** The refresh token of the last pair. */
  refreshToken: Scalars['String']['input'];
};

/** The input of `logout`. */
export type LogoutInput = {
  /** The refresh token of the session. */
  refreshToken: Scalars['String']['input'];
};

/** The input of `changePassword`. */
export type ChangePasswordInput = {
  /** The current password. */
  currentPassword: Scalars['String']['input'];
  /** The password from now on. */
  newPassword: Scalars['String']['input'];
};

/** The input of `grantRoles`. */
export type GrantRolesInput = {
  /** Whose roles. */
  userId: Scalars['ID']['input'];
  /** All roles of the user from now on, at least one. */
  roles: Array<Role>;
};

/** What can be ordered. */
export type Product = {
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The name, at most 200 characters. */
  name: Scalars['String']['output'];
  /** A text for customers, at most 5,000 characters. */
  description: Scalars['String']['output'];
  /** The price of one unit. */
  price: Scalars['MinorUnits']['output'];
  /** The currency of the price: ISO 4217. */
  currency: Scalars['String']['output'];
  /** Units that can still be ordered. */
  stock: Scalars['Int']['output'];
  /** A word to filter by. */
  category: Scalars['String']['output'];
  /** Further properties, such as `origin`. */
  attributes: Scalars['TextMap']['output'];
  /** The user id of the owning partner; null for the shop's own products. */
  partnerId?: Maybe<Scalars['ID']['output']>;
  /** A picture: an https or data URL. */
  imageUrl?: Maybe<Scalars['String']['output']>;
  /** Increases with each change. */
  version: Scalars['Int']['output'];
  /** When the product was created. */
  createdAt: Scalars['DateTime']['output'];
};

/** Which products a search finds. Products match all fields that are given. */
export type ProductFilter = {
  /** Any of these categories. */
  categories?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Products of this partner. */
  partnerId?: InputMaybe<Scalars['ID']['input']>;
  /** The lowest price. Prices compare only within one currency. */
  priceFrom?: InputMaybe<Scalars['MinorUnits']['input']>;
  /** The highest price. */
  priceTo?: InputMaybe<Scalars['MinorUnits']['input']>;
  /** ISO 4217. Required with `priceFrom`, `priceTo` and a sort by price: prices compare only within one currency. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** True: products that can be ordered now. */
  inStock?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The order of found products. */
export type ProductSort =
  /** The best matches first. */
  | 'RELEVANCE'
  /** The lowest price first. */
  | 'PRICE_ASC'
  /** The highest price first. */
  | 'PRICE_DESC'
  /** The newest first. */
  | 'NEWEST'
  /** By name. */
  | 'NAME';

/** A page of products. */
export type ProductConnection = {
  /** The rows with their cursors. */
  edges: Array<ProductEdge>;
  /** The rows alone. */
  nodes: Array<Product>;
  /** Where the page ends. */
  pageInfo: PageInfo;
};

/** A product in a list. */
export type ProductEdge = {
  /** The product. */
  node: Product;
  /** The `after` of a page that starts behind this row. */
  cursor: Scalars['String']['output'];
};

/** A page of found products. */
export type ProductSearchConnection = {
  /** The rows with their cursors. */
  edges: Array<ProductEdge>;
  /** The rows alone. */
  nodes: Array<Product>;
  /** Where the page ends. */
  pageInfo: PageInfo;
  /** How many products were found, on all pages. */
  totalCount: Scalars['Int']['output'];
  /** How many of the found products have which properties. */
  facets: Array<Facet>;
};

/** A property that a search can filter by. */
export type Facet = {
  /** `category`, `partnerId`, `inStock`, and with a currency in the filter `price`. */
  field: Scalars['String']['output'];
  /** The most frequent values. */
  values: Array<FacetValue>;
};

/** A value of a property. */
export type FacetValue = {
  /** The value; a range such as `1000-2499` for a price. */
  value: Scalars['String']['output'];
  /** Products with this value that match the query and the other filters. */
  count: Scalars['Int']['output'];
};

/** The input of `createProduct`. */
export type CreateProductInput = {
  /** At most 200 characters. */
  name: Scalars['String']['input'];
  /** At most 5,000 characters. */
  description: Scalars['String']['input'];
  /** The price of one unit. */
  price: Scalars['MinorUnits']['input'];
  /** The currency of the price: ISO 4217. */
  currency: Scalars['String']['input'];
  /** Units in stock. */
  stock: Scalars['Int']['input'];
  /** At most 60 characters. */
  category: Scalars['String']['input'];
  /** At most 30, with keys of at most 40 and values of at most 200 characters. */
  attributes?: InputMaybe<Scalars['TextMap']['input']>;
  /** The owning partner. An admin may name any partner; a partner's products always belong to that partner. */
  partnerId?: InputMaybe<Scalars['ID']['input']>;
  /** An https URL, or a data URL with a picture. */
  imageUrl?: InputMaybe<Scalars['String']['input']>;
};

/** The input of `updateProduct`. */
export type UpdateProductInput = {
  /** The product's id. */
  id: Scalars['ID']['input'];
  /** At most 200 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** At most 5,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The price of one unit. */
  price?: InputMaybe<Scalars['MinorUnits']['input']>;
  /** The currency of the price: ISO 4217. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** At most 60 characters. */
  category?: InputMaybe<Scalars['String']['input']>;
  /** Replaces all attributes. */
  attributes?: InputMaybe<Scalars['TextMap']['input']>;
  /** An https URL, or a data URL with a picture. */
  imageUrl?: InputMaybe<Scalars['String']['input']>;
};

/** A change of the inventory. */
export type InventoryUpdate =
  /** Adds `number` to the stock. */
  | 'ADD'
  /** Takes `number` off the stock. */
  | 'SUBTRACT'
  /** Makes the stock `number`. */
  | 'SET'
  /** Deletes the product: it is no longer listed or sold. Orders keep their lines. The stock is 0. */
  | 'DELETE';

/** The input of `updateInventory`. */
export type UpdateInventoryInput = {
  /** The product's id. */
  id: Scalars['ID']['input'];
  /** What changes. */
  type: InventoryUpdate;
  /** Units. */
  number: Scalars['Int']['input'];
  /** Why, at most 500 characters. */
  reason: Scalars['String']['input'];
};

/** The result of `updateInventory`. */
export type InventoryResult = {
  /** Always true. */
  success: Scalars['Boolean']['output'];
  /** The product's id. */
  id: Scalars['ID']['output'];
  /** Units that can be ordered now. */
  stock: Scalars['Int']['output'];
};

/** The result of `reindex`. */
export type ReindexResult = {
  /** The new index. Searches use it once it is complete. */
  index: Scalars['String']['output'];
};

/** The state of a rebuild. */
export type ReindexState =
  /** In progress. */
  | 'BUILDING'
  /** Searches use the new index. */
  | 'LIVE'
  /** The rebuild failed, or another index replaced this one. */
  | 'GONE';

/** The progress of a rebuild. */
export type ReindexProgress = {
  /** How far it is. */
  state: ReindexState;
  /** Products in the index so far. */
  indexed: Scalars['Int']['output'];
};

/** What a user has ordered at one time. */
export type Order = {
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The id of the user who ordered. */
  userId: Scalars['ID']['output'];
  /** The name of the user; null for a moment after registration, until the orders service has received it. */
  username?: Maybe<Scalars['String']['output']>;
  /** How far the order is. */
  status: OrderStatus;
  /** How far the payment is. */
  paymentStatus: PaymentStatus;
  /** The total of all quantities. */
  quantity: Scalars['Int']['output'];
  /** The total of all prices. */
  priceTotal: Scalars['MinorUnits']['output'];
  /** The currency of all prices: ISO 4217. */
  currency: Scalars['String']['output'];
  /** What was ordered: one row for each product. */
  orderProducts: Array<OrderProduct>;
  /** When the order was placed. */
  createdAt: Scalars['DateTime']['output'];
  /** The steps of the order, oldest first. */
  history?: Maybe<Array<OrderTransition>>;
  /** The user who ordered; null when the caller may not see that user. */
  user?: Maybe<User>;
};

/** A page of orders. */
export type OrderConnection = {
  /** The rows with their cursors. */
  edges: Array<OrderEdge>;
  /** The rows alone. */
  nodes: Array<Order>;
  /** Where the page ends. */
  pageInfo: PageInfo;
};

/** An order in a list. */
export type OrderEdge = {
  /** The order. */
  node: Order;
  /** The `after` of a page that starts behind this row. */
  cursor: Scalars['String']['output'];
};

/** A product of an order. */
export type OrderProduct = {
  /** The product's id. */
  productId: Scalars['ID']['output'];
  /** The product's name when it was ordered. */
  name: Scalars['String']['output'];
  /** How many units. */
  quantity: Scalars['Int']['output'];
  /** The price of one unit when it was ordered. */
  price: Scalars['MinorUnits']['output'];
  /** The product's current state; null when it is no longer sold. */
  product?: Maybe<Product>;
};

/** How far an order is. */
export type OrderStatus =
  /** Placed and reserved, not paid. */
  | 'PENDING_PAYMENT'
  /** Paid. */
  | 'PAID'
  /** The partner prepares it. */
  | 'PREPARING'
  /** Ready for a courier. */
  | 'READY'
  /** A courier will fetch it. */
  | 'ASSIGNED'
  /** On the way. */
  | 'PICKED_UP'
  /** With the customer. */
  | 'DELIVERED'
  /** Cancelled; its stock is released. */
  | 'CANCELLED'
  /** Not paid in time; its stock is released. */
  | 'EXPIRED';

/** How far the payment of an order is. */
export type PaymentStatus =
  /** Nothing is to be paid. */
  | 'NONE'
  /** Not paid yet. */
  | 'PENDING'
  /** Paid. */
  | 'PAID'
  /** The payment failed. */
  | 'FAILED'
  /** The money went back. */
  | 'REFUNDED';

/** A step of an order. */
export type OrderTransition = {
  /** The status before; null for the first step. */
  from?: Maybe<OrderStatus>;
  /** The status after. */
  to: OrderStatus;
  /** The id of the user, or the name of the service, that made the step. */
  actor: Scalars['String']['output'];
  /** Why. */
  reason: Scalars['String']['output'];
  /** When. */
  at: Scalars['DateTime']['output'];
};

/** The input of `placeOrder`. */
export type PlaceOrderInput = {
  /** What to order: 1 to 100 products, all in one currency. */
  orderProducts: Array<OrderProductInput>;
  /** At most 255 characters. Calls with the same key place one order: repeated calls return the first result. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A product to order. */
export type OrderProductInput = {
  /** The product's id. */
  productId: Scalars['ID']['input'];
  /** How many units, at least 1. */
  quantity: Scalars['Int']['input'];
};

/** The input of `cancelOrder`. */
export type CancelOrderInput = {
  /** The order's id. */
  id: Scalars['ID']['input'];
  /** Why, at most 500 characters. It stands in the order's history. */
  reason: Scalars['String']['input'];
};

/** The input of `markOrderPaid`. */
export type MarkOrderPaidInput = {
  /** The order's id. */
  id: Scalars['ID']['input'];
};

/** A page of dead letters. */
export type DeadLetterConnection = {
  /** The rows with their cursors. */
  edges: Array<DeadLetterEdge>;
  /** The rows alone. */
  nodes: Array<DeadLetter>;
  /** Where the page ends. */
  pageInfo: PageInfo;
  /** All dead letters of the service that the filter selects. */
  totalCount: Scalars['Int']['output'];
};

/** A dead letter in a list. */
export type DeadLetterEdge = {
  /** The dead letter. */
  node: DeadLetter;
  /** The `after` of a page that starts behind this row. */
  cursor: Scalars['String']['output'];
};

/** An event that a service could not handle. */
export type DeadLetter = {
  /** The id of the event. */
  eventId: Scalars['ID']['output'];
  /** The topic of the event. */
  topic: Scalars['String']['output'];
  /** The CloudEvent as received, as JSON. */
  event: Scalars['String']['output'];
  /** Why the last attempt failed. */
  error: Scalars['String']['output'];
  /** How often a service tried to handle it. */
  attempts: Scalars['Int']['output'];
  /** When the service gave up. */
  diedAt: Scalars['DateTime']['output'];
};

/** The input of `redriveDeadLetters`. */
export type RedriveDeadLettersInput = {
  /** Whose dead letters. */
  service: ServiceName;
  /** At most 50 in one call. When empty, the oldest ones. */
  eventIds: Array<Scalars['ID']['input']>;
  /** Only those of this topic. */
  topic?: InputMaybe<Scalars['String']['input']>;
  /** Only those whose error contains this text. */
  error?: InputMaybe<Scalars['String']['input']>;
};

/** The result of `redriveDeadLetters`. */
export type RedriveResult = {
  /** Dead letters that were handled. */
  redriven: Scalars['Int']['output'];
  /** Dead letters that failed again. */
  failed: Scalars['Int']['output'];
  /** Dead letters that this call did not retry: call again. */
  left: Scalars['Int']['output'];
};

/** What has happened to an order in every service. */
export type OrderStory = {
  /** The order. */
  order: Order;
  /** The stock that catalog reserved for the order. Null when it is deleted, 30 days after its end, or catalog does not respond. */
  reservation?: Maybe<Reservation>;
  /** The steps of the order, oldest first. */
  steps: Array<OrderStep>;
};

/** The stock that catalog reserved for an order. */
export type Reservation = {
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** What became of the reserved stock. */
  status: ReservationStatus;
  /** What is reserved: one row for each product. */
  lines: Array<ReservationLine>;
  /** When the stock was reserved. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ends by itself. Null once the order exists: then it ends with the order. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it ended. Null while it is open. */
  closedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** What became of reserved stock. */
export type ReservationStatus =
  /** The stock is reserved. */
  | 'OPEN'
  /** The stock was given back, because the order was cancelled or has expired. */
  | 'RELEASED'
  /** The stock was given back, because no order came. */
  | 'EXPIRED'
  /** The order is paid. */
  | 'SOLD';

/** A reserved product. */
export type ReservationLine = {
  /** The product's id. */
  productId: Scalars['ID']['output'];
  /** How many units. */
  quantity: Scalars['Int']['output'];
};

/** A step of an order, with what caused it and what followed. */
export type OrderStep = {
  /** The status before; null for the first step. */
  from?: Maybe<OrderStatus>;
  /** The status after. */
  to: OrderStatus;
  /** The id of the user, or the name of the service, that made the step. */
  actor: Scalars['String']['output'];
  /** Why. */
  reason: Scalars['String']['output'];
  /** When. */
  at: Scalars['DateTime']['output'];
  /** The trace of the request that caused the step, as in logs and in the header `x-trace-id`. */
  traceId?: Maybe<Scalars['ID']['output']>;
  /** The event about the step. Null for a step that has none, or that an older version of the service made. */
  event?: Maybe<StepEvent>;
};

/** The event about a step. */
export type StepEvent = {
  /** The id of the event. */
  id: Scalars['ID']['output'];
  /** The topic of the event. */
  topic: Scalars['String']['output'];
  /** Whether the broker has it. */
  isPublished: Scalars['Boolean']['output'];
  /** What each service that subscribes to the topic has done with it, and each service that does not respond. */
  handling: Array<EventHandling>;
};

/** What a service has done with an event. */
export type EventHandling = {
  /** The service. */
  service: ServiceName;
  /** How far the service is. */
  state: EventHandlingState;
  /** When the service handled it. Null when there is no record of that. */
  handledAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why the last attempt failed. Only of a dead letter. */
  error?: Maybe<Scalars['String']['output']>;
  /** How often the service tried to handle it. Only of a dead letter. */
  attempts?: Maybe<Scalars['Int']['output']>;
  /** When the service gave up. Only of a dead letter. */
  diedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** How far a service is with an event. */
export type EventHandlingState =
  /** The event has had its effect. */
  | 'HANDLED'
  /** There is no record that it was handled: not handled yet, or more than 14 days ago. */
  | 'PENDING'
  /** It failed all attempts: `redriveDeadLetters` tries again. */
  | 'DEAD_LETTER'
  /** The service does not respond. */
  | 'UNKNOWN';

/** A service that keeps dead letters. */
export type ServiceName =
  /** The service accounts. */
  | 'ACCOUNTS'
  /** The service catalog. */
  | 'CATALOG'
  /** The service orders. */
  | 'ORDERS';



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  MinorUnits: ResolverTypeWrapper<Scalars['MinorUnits']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  TextMap: ResolverTypeWrapper<Scalars['TextMap']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Success: ResolverTypeWrapper<Success>;
  Role: Role;
  User: ResolverTypeWrapper<ApiUser>;
  UserConnection: ResolverTypeWrapper<ApiUserConnection>;
  UserEdge: ResolverTypeWrapper<ApiUserEdge>;
  Tokens: ResolverTypeWrapper<ApiTokens>;
  LogoutAllResult: ResolverTypeWrapper<LogoutAllResult>;
  RegisterUserInput: RegisterUserInput;
  LoginInput: LoginInput;
  RefreshTokenInput: RefreshTokenInput;
  LogoutInput: LogoutInput;
  ChangePasswordInput: ChangePasswordInput;
  GrantRolesInput: GrantRolesInput;
  Product: ResolverTypeWrapper<ApiProduct>;
  ProductFilter: ProductFilter;
  ProductSort: ProductSort;
  ProductConnection: ResolverTypeWrapper<ApiProductConnection>;
  ProductEdge: ResolverTypeWrapper<ApiProductEdge>;
  ProductSearchConnection: ResolverTypeWrapper<ApiProductSearchConnection>;
  Facet: ResolverTypeWrapper<Facet>;
  FacetValue: ResolverTypeWrapper<FacetValue>;
  CreateProductInput: CreateProductInput;
  UpdateProductInput: UpdateProductInput;
  InventoryUpdate: InventoryUpdate;
  UpdateInventoryInput: UpdateInventoryInput;
  InventoryResult: ResolverTypeWrapper<InventoryResult>;
  ReindexResult: ResolverTypeWrapper<ReindexResult>;
  ReindexState: ReindexState;
  ReindexProgress: ResolverTypeWrapper<ApiReindexProgress>;
  Order: ResolverTypeWrapper<ApiOrder>;
  OrderConnection: ResolverTypeWrapper<ApiOrderConnection>;
  OrderEdge: ResolverTypeWrapper<ApiOrderEdge>;
  OrderProduct: ResolverTypeWrapper<Omit<OrderProduct, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>;
  OrderStatus: OrderStatus;
  PaymentStatus: PaymentStatus;
  OrderTransition: ResolverTypeWrapper<ApiOrderTransition>;
  PlaceOrderInput: PlaceOrderInput;
  OrderProductInput: OrderProductInput;
  CancelOrderInput: CancelOrderInput;
  MarkOrderPaidInput: MarkOrderPaidInput;
  DeadLetterConnection: ResolverTypeWrapper<ApiDeadLetterConnection>;
  DeadLetterEdge: ResolverTypeWrapper<ApiDeadLetterEdge>;
  DeadLetter: ResolverTypeWrapper<ApiDeadLetter>;
  RedriveDeadLettersInput: RedriveDeadLettersInput;
  RedriveResult: ResolverTypeWrapper<RedriveResult>;
  OrderStory: ResolverTypeWrapper<Omit<OrderStory, 'order' | 'reservation' | 'steps'> & { order: ResolversTypes['Order'], reservation?: Maybe<ResolversTypes['Reservation']>, steps: Array<ResolversTypes['OrderStep']> }>;
  Reservation: ResolverTypeWrapper<ApiReservation>;
  ReservationStatus: ReservationStatus;
  ReservationLine: ResolverTypeWrapper<ReservationLine>;
  OrderStep: ResolverTypeWrapper<ApiOrderStep>;
  StepEvent: ResolverTypeWrapper<Omit<StepEvent, 'handling'> & { handling: Array<ResolversTypes['EventHandling']> }>;
  EventHandling: ResolverTypeWrapper<ApiEventHandling>;
  EventHandlingState: EventHandlingState;
  ServiceName: ServiceName;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: Record<PropertyKey, never>;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Boolean: Scalars['Boolean']['output'];
  Mutation: Record<PropertyKey, never>;
  MinorUnits: Scalars['MinorUnits']['output'];
  DateTime: Scalars['DateTime']['output'];
  TextMap: Scalars['TextMap']['output'];
  PageInfo: PageInfo;
  Success: Success;
  User: ApiUser;
  UserConnection: ApiUserConnection;
  UserEdge: ApiUserEdge;
  Tokens: ApiTokens;
  LogoutAllResult: LogoutAllResult;
  RegisterUserInput: RegisterUserInput;
  LoginInput: LoginInput;
  RefreshTokenInput: RefreshTokenInput;
  LogoutInput: LogoutInput;
  ChangePasswordInput: ChangePasswordInput;
  GrantRolesInput: GrantRolesInput;
  Product: ApiProduct;
  ProductFilter: ProductFilter;
  ProductConnection: ApiProductConnection;
  ProductEdge: ApiProductEdge;
  ProductSearchConnection: ApiProductSearchConnection;
  Facet: Facet;
  FacetValue: FacetValue;
  CreateProductInput: CreateProductInput;
  UpdateProductInput: UpdateProductInput;
  UpdateInventoryInput: UpdateInventoryInput;
  InventoryResult: InventoryResult;
  ReindexResult: ReindexResult;
  ReindexProgress: ApiReindexProgress;
  Order: ApiOrder;
  OrderConnection: ApiOrderConnection;
  OrderEdge: ApiOrderEdge;
  OrderProduct: Omit<OrderProduct, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> };
  OrderTransition: ApiOrderTransition;
  PlaceOrderInput: PlaceOrderInput;
  OrderProductInput: OrderProductInput;
  CancelOrderInput: CancelOrderInput;
  MarkOrderPaidInput: MarkOrderPaidInput;
  DeadLetterConnection: ApiDeadLetterConnection;
  DeadLetterEdge: ApiDeadLetterEdge;
  DeadLetter: ApiDeadLetter;
  RedriveDeadLettersInput: RedriveDeadLettersInput;
  RedriveResult: RedriveResult;
  OrderStory: Omit<OrderStory, 'order' | 'reservation' | 'steps'> & { order: ResolversParentTypes['Order'], reservation?: Maybe<ResolversParentTypes['Reservation']>, steps: Array<ResolversParentTypes['OrderStep']> };
  Reservation: ApiReservation;
  ReservationLine: ReservationLine;
  OrderStep: ApiOrderStep;
  StepEvent: Omit<StepEvent, 'handling'> & { handling: Array<ResolversParentTypes['EventHandling']> };
  EventHandling: ApiEventHandling;
};

export type QueryResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  users?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  products?: Resolver<Maybe<ResolversTypes['ProductConnection']>, ParentType, ContextType, RequireFields<QueryProductsArgs, 'first'>>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'id'>>;
  searchProducts?: Resolver<Maybe<ResolversTypes['ProductSearchConnection']>, ParentType, ContextType, RequireFields<QuerySearchProductsArgs, 'query' | 'sort' | 'first'>>;
  suggestProducts?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType, RequireFields<QuerySuggestProductsArgs, 'prefix' | 'first'>>;
  reindexProgress?: Resolver<Maybe<ResolversTypes['ReindexProgress']>, ParentType, ContextType, RequireFields<QueryReindexProgressArgs, 'index'>>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<QueryOrdersArgs, 'first' | 'all'>>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  deadLetters?: Resolver<Maybe<ResolversTypes['DeadLetterConnection']>, ParentType, ContextType, RequireFields<QueryDeadLettersArgs, 'service' | 'first'>>;
  orderStory?: Resolver<Maybe<ResolversTypes['OrderStory']>, ParentType, ContextType, RequireFields<QueryOrderStoryArgs, 'orderId'>>;
};

export type MutationResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  registerUser?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationRegisterUserArgs, 'input'>>;
  login?: Resolver<ResolversTypes['Tokens'], ParentType, ContextType, RequireFields<MutationLoginArgs, 'input'>>;
  refreshToken?: Resolver<ResolversTypes['Tokens'], ParentType, ContextType, RequireFields<MutationRefreshTokenArgs, 'input'>>;
  logout?: Resolver<ResolversTypes['Success'], ParentType, ContextType, RequireFields<MutationLogoutArgs, 'input'>>;
  logoutAll?: Resolver<ResolversTypes['LogoutAllResult'], ParentType, ContextType>;
  changePassword?: Resolver<ResolversTypes['Success'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  grantRoles?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationGrantRolesArgs, 'input'>>;
  createProduct?: Resolver<ResolversTypes['Product'], ParentType, ContextType, RequireFields<MutationCreateProductArgs, 'input'>>;
  updateProduct?: Resolver<ResolversTypes['Product'], ParentType, ContextType, RequireFields<MutationUpdateProductArgs, 'input'>>;
  updateInventory?: Resolver<ResolversTypes['InventoryResult'], ParentType, ContextType, RequireFields<MutationUpdateInventoryArgs, 'input'>>;
  reindex?: Resolver<ResolversTypes['ReindexResult'], ParentType, ContextType>;
  placeOrder?: Resolver<ResolversTypes['Order'], ParentType, ContextType, RequireFields<MutationPlaceOrderArgs, 'input'>>;
  cancelOrder?: Resolver<ResolversTypes['Order'], ParentType, ContextType, RequireFields<MutationCancelOrderArgs, 'input'>>;
  markOrderPaid?: Resolver<ResolversTypes['Order'], ParentType, ContextType, RequireFields<MutationMarkOrderPaidArgs, 'input'>>;
  redriveDeadLetters?: Resolver<ResolversTypes['RedriveResult'], ParentType, ContextType, RequireFields<MutationRedriveDeadLettersArgs, 'input'>>;
};

export interface MinorUnitsScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['MinorUnits'], any> {
  name: 'MinorUnits';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface TextMapScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['TextMap'], any> {
  name: 'TextMap';
}

export type PageInfoResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SuccessResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Success'] = ResolversParentTypes['Success']> = {
  success?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<UserOrdersArgs, 'first'>>;
};

export type UserConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TokensResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Tokens'] = ResolversParentTypes['Tokens']> = {
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  refreshToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LogoutAllResultResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['LogoutAllResult'] = ResolversParentTypes['LogoutAllResult']> = {
  sessionsEnded?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['MinorUnits'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stock?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  attributes?: Resolver<ResolversTypes['TextMap'], ParentType, ContextType>;
  partnerId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  imageUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ProductConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProductConnection'] = ResolversParentTypes['ProductConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ProductEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Product']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ProductEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProductEdge'] = ResolversParentTypes['ProductEdge']> = {
  node?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProductSearchConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProductSearchConnection'] = ResolversParentTypes['ProductSearchConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ProductEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Product']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  facets?: Resolver<Array<ResolversTypes['Facet']>, ParentType, ContextType>;
};

export type FacetResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Facet'] = ResolversParentTypes['Facet']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  values?: Resolver<Array<ResolversTypes['FacetValue']>, ParentType, ContextType>;
};

export type FacetValueResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FacetValue'] = ResolversParentTypes['FacetValue']> = {
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type InventoryResultResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['InventoryResult'] = ResolversParentTypes['InventoryResult']> = {
  success?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  stock?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReindexResultResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ReindexResult'] = ResolversParentTypes['ReindexResult']> = {
  index?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReindexProgressResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ReindexProgress'] = ResolversParentTypes['ReindexProgress']> = {
  state?: Resolver<ResolversTypes['ReindexState'], ParentType, ContextType>;
  indexed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  paymentStatus?: Resolver<ResolversTypes['PaymentStatus'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  priceTotal?: Resolver<ResolversTypes['MinorUnits'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderProducts?: Resolver<Array<ResolversTypes['OrderProduct']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  history?: Resolver<Maybe<Array<ResolversTypes['OrderTransition']>>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<Array<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Order']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  node?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OrderProductResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderProduct'] = ResolversParentTypes['OrderProduct']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['MinorUnits'], ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
};

export type OrderTransitionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderTransition'] = ResolversParentTypes['OrderTransition']> = {
  from?: Resolver<Maybe<ResolversTypes['OrderStatus']>, ParentType, ContextType>;
  to?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type DeadLetterConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['DeadLetterConnection'] = ResolversParentTypes['DeadLetterConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DeadLetterEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['DeadLetter']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DeadLetterEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['DeadLetterEdge'] = ResolversParentTypes['DeadLetterEdge']> = {
  node?: Resolver<ResolversTypes['DeadLetter'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DeadLetterResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['DeadLetter'] = ResolversParentTypes['DeadLetter']> = {
  eventId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  event?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  error?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  diedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RedriveResultResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['RedriveResult'] = ResolversParentTypes['RedriveResult']> = {
  redriven?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  left?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderStoryResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderStory'] = ResolversParentTypes['OrderStory']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  reservation?: Resolver<Maybe<ResolversTypes['Reservation']>, ParentType, ContextType>;
  steps?: Resolver<Array<ResolversTypes['OrderStep']>, ParentType, ContextType>;
};

export type ReservationResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Reservation'] = ResolversParentTypes['Reservation']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ReservationStatus'], ParentType, ContextType>;
  lines?: Resolver<Array<ResolversTypes['ReservationLine']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  closedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type ReservationLineResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ReservationLine'] = ResolversParentTypes['ReservationLine']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderStepResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrderStep'] = ResolversParentTypes['OrderStep']> = {
  from?: Resolver<Maybe<ResolversTypes['OrderStatus']>, ParentType, ContextType>;
  to?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  event?: Resolver<Maybe<ResolversTypes['StepEvent']>, ParentType, ContextType>;
};

export type StepEventResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['StepEvent'] = ResolversParentTypes['StepEvent']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isPublished?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  handling?: Resolver<Array<ResolversTypes['EventHandling']>, ParentType, ContextType>;
};

export type EventHandlingResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['EventHandling'] = ResolversParentTypes['EventHandling']> = {
  service?: Resolver<ResolversTypes['ServiceName'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['EventHandlingState'], ParentType, ContextType>;
  handledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  attempts?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  diedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphqlContext> = {
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  MinorUnits?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  TextMap?: GraphQLScalarType;
  PageInfo?: PageInfoResolvers<ContextType>;
  Success?: SuccessResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  Tokens?: TokensResolvers<ContextType>;
  LogoutAllResult?: LogoutAllResultResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProductConnection?: ProductConnectionResolvers<ContextType>;
  ProductEdge?: ProductEdgeResolvers<ContextType>;
  ProductSearchConnection?: ProductSearchConnectionResolvers<ContextType>;
  Facet?: FacetResolvers<ContextType>;
  FacetValue?: FacetValueResolvers<ContextType>;
  InventoryResult?: InventoryResultResolvers<ContextType>;
  ReindexResult?: ReindexResultResolvers<ContextType>;
  ReindexProgress?: ReindexProgressResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  OrderProduct?: OrderProductResolvers<ContextType>;
  OrderTransition?: OrderTransitionResolvers<ContextType>;
  DeadLetterConnection?: DeadLetterConnectionResolvers<ContextType>;
  DeadLetterEdge?: DeadLetterEdgeResolvers<ContextType>;
  DeadLetter?: DeadLetterResolvers<ContextType>;
  RedriveResult?: RedriveResultResolvers<ContextType>;
  OrderStory?: OrderStoryResolvers<ContextType>;
  Reservation?: ReservationResolvers<ContextType>;
  ReservationLine?: ReservationLineResolvers<ContextType>;
  OrderStep?: OrderStepResolvers<ContextType>;
  StepEvent?: StepEventResolvers<ContextType>;
  EventHandling?: EventHandlingResolvers<ContextType>;
};

