// Generated from the schema of all domains by `npm run generate`: never edit it by hand.
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// biome-ignore-all format: generated
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ApiDeadLetter, ApiDeadLetters } from './operations-admin/model.ts';
import type { ApiOrder, ApiOrderTransition } from './orders/model.ts';
import type { ApiProduct, ApiReindexProgress } from './catalog/model.ts';
import type { ApiTokens, ApiUser } from './accounts/model.ts';
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

export type Query = {
  /** The user who is logged in. */
  me?: Maybe<User>;
  /** All users, newest first. Admin only. */
  users?: Maybe<Array<User>>;
  /** Any user for an admin, for others themselves. Null when there is none, or when the caller may not see it. */
  user?: Maybe<User>;
  /** Newest first; `after` is the last id of the page before. With `query`, the best matches. */
  products?: Maybe<Array<Product>>;
  product?: Maybe<Product>;
  searchProducts?: Maybe<ProductSearch>;
  /** Completions for a search box, as the user types. */
  suggestProducts?: Maybe<Array<Scalars['String']['output']>>;
  /** Admin only. */
  reindexProgress?: Maybe<ReindexProgress>;
  /** The caller's orders, newest first; with `all` (admin only) everybody's. `after` is the last id of the page before. */
  orders?: Maybe<Array<Order>>;
  order?: Maybe<Order>;
  /** Admin only. Events that a service could not handle, oldest first. */
  deadLetters?: Maybe<DeadLetters>;
};


export type QueryUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryProductsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['ID']['input']>;
  query?: InputMaybe<Scalars['String']['input']>;
};


export type QueryProductArgs = {
  id: Scalars['ID']['input'];
};


export type QuerySearchProductsArgs = {
  query?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ProductFilter>;
  sort?: InputMaybe<ProductSort>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QuerySuggestProductsArgs = {
  prefix: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryReindexProgressArgs = {
  index: Scalars['String']['input'];
};


export type QueryOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['ID']['input']>;
  all?: InputMaybe<Scalars['Boolean']['input']>;
};


export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


export type QueryDeadLettersArgs = {
  service: ServiceName;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type Mutation = {
  registerUser: User;
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
  updateInventory: InventoryResult;
  /** Admin only. Starts to rebuild the search index; `reindexProgress` returns the progress. */
  reindex: ReindexResult;
  placeOrder: Order;
  /** Cancels an order. Possible until preparation starts. */
  cancelOrder: Order;
  /** Admin only. */
  markOrderPaid: Order;
  /** Admin only. Retries dead letters; each takes effect at most once. Those that fail again stay. */
  redriveDeadLetters: RedriveResult;
};


export type MutationRegisterUserArgs = {
  input: RegisterUserInput;
};


export type MutationLoginArgs = {
  input: LoginInput;
};


export type MutationRefreshTokenArgs = {
  input: RefreshTokenInput;
};


export type MutationLogoutArgs = {
  input: LogoutInput;
};


export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


export type MutationGrantRolesArgs = {
  input: GrantRolesInput;
};


export type MutationCreateProductArgs = {
  input: CreateProductInput;
};


export type MutationUpdateProductArgs = {
  input: UpdateProductInput;
};


export type MutationUpdateInventoryArgs = {
  input: UpdateInventoryInput;
};


export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


export type MutationCancelOrderArgs = {
  input: CancelOrderInput;
};


export type MutationMarkOrderPaidArgs = {
  input: MarkOrderPaidInput;
};


export type MutationRedriveDeadLettersArgs = {
  input: RedriveDeadLettersInput;
};

export type Success = {
  success: Scalars['Boolean']['output'];
};

export type Role =
  | 'CUSTOMER'
  | 'ADMIN'
  | 'PARTNER'
  | 'DELIVERER';

export type User = {
  id: Scalars['ID']['output'];
  email: Scalars['String']['output'];
  username: Scalars['String']['output'];
  roles: Array<Role>;
  createdAt: Scalars['DateTime']['output'];
  /** Newest first; `after` is the last id of the page before. */
  orders?: Maybe<Array<Order>>;
};


export type UserOrdersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['ID']['input']>;
};

export type Tokens = {
  /** The access token: send it as `Authorization: Bearer …`. */
  token: Scalars['String']['output'];
  refreshToken: Scalars['String']['output'];
  /** Seconds until the access token expires. */
  expiresIn: Scalars['Int']['output'];
};

export type LogoutAllResult = {
  sessionsEnded: Scalars['Int']['output'];
};

export type RegisterUserInput = {
  email: Scalars['String']['input'];
  username: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type LoginInput = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type RefreshTokenInput = {
  refreshToken: Scalars['String']['input'];
};

export type LogoutInput = {
  refreshToken: Scalars['String']['input'];
};

export type ChangePasswordInput = {
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};

export type GrantRolesInput = {
  userId: Scalars['ID']['input'];
  roles: Array<Role>;
};

export type Product = {
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  description: Scalars['String']['output'];
  price: Scalars['MinorUnits']['output'];
  /** ISO 4217. */
  currency: Scalars['String']['output'];
  /** Units that can still be ordered. */
  stock: Scalars['Int']['output'];
  category: Scalars['String']['output'];
  attributes: Scalars['TextMap']['output'];
  /** The user id of the owning partner; null for the shop's own products. */
  partnerId?: Maybe<Scalars['ID']['output']>;
  imageUrl?: Maybe<Scalars['String']['output']>;
  version: Scalars['Int']['output'];
  createdAt: Scalars['DateTime']['output'];
};

export type ProductFilter = {
  categories?: InputMaybe<Array<Scalars['String']['input']>>;
  partnerId?: InputMaybe<Scalars['ID']['input']>;
  priceFrom?: InputMaybe<Scalars['MinorUnits']['input']>;
  priceTo?: InputMaybe<Scalars['MinorUnits']['input']>;
  /** Required with `priceFrom`, `priceTo` and a sort by price: prices compare only within one currency. */
  currency?: InputMaybe<Scalars['String']['input']>;
  inStock?: InputMaybe<Scalars['Boolean']['input']>;
};

export type ProductSort =
  | 'RELEVANCE'
  | 'PRICE_ASC'
  | 'PRICE_DESC'
  | 'NEWEST'
  | 'NAME';

export type ProductSearch = {
  items: Array<Product>;
  total: Scalars['Int']['output'];
  /** The `after` of the next page; null on the last page. */
  cursor?: Maybe<Scalars['String']['output']>;
  facets: Array<Facet>;
};

export type Facet = {
  /** `category`, `partnerId`, `inStock`, and with a currency in the filter `price`. */
  field: Scalars['String']['output'];
  values: Array<FacetValue>;
};

export type FacetValue = {
  value: Scalars['String']['output'];
  count: Scalars['Int']['output'];
};

export type CreateProductInput = {
  name: Scalars['String']['input'];
  description: Scalars['String']['input'];
  price: Scalars['MinorUnits']['input'];
  currency: Scalars['String']['input'];
  stock: Scalars['Int']['input'];
  category: Scalars['String']['input'];
  attributes?: InputMaybe<Scalars['TextMap']['input']>;
  /** The owning partner. An admin may name any partner; a partner's products always belong to that partner. */
  partnerId?: InputMaybe<Scalars['ID']['input']>;
  imageUrl?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateProductInput = {
  id: Scalars['ID']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  description?: InputMaybe<Scalars['String']['input']>;
  price?: InputMaybe<Scalars['MinorUnits']['input']>;
  currency?: InputMaybe<Scalars['String']['input']>;
  category?: InputMaybe<Scalars['String']['input']>;
  /** Replaces all attributes. */
  attributes?: InputMaybe<Scalars['TextMap']['input']>;
  imageUrl?: InputMaybe<Scalars['String']['input']>;
};

export type InventoryUpdate =
  | 'ADD'
  | 'SUBTRACT'
  | 'SET'
  /** Deletes the product: it is no longer listed or sold. Orders keep their lines. The stock is 0. */
  | 'DELETE';

export type UpdateInventoryInput = {
  id: Scalars['ID']['input'];
  type: InventoryUpdate;
  number: Scalars['Int']['input'];
  reason: Scalars['String']['input'];
};

export type InventoryResult = {
  success: Scalars['Boolean']['output'];
  id: Scalars['ID']['output'];
  stock: Scalars['Int']['output'];
};

export type ReindexResult = {
  /** The new index. Searches use it once it is complete. */
  index: Scalars['String']['output'];
};

export type ReindexState =
  | 'BUILDING'
  | 'LIVE'
  /** The rebuild failed, or another index replaced this one. */
  | 'GONE';

export type ReindexProgress = {
  state: ReindexState;
  /** Products in the index so far. */
  indexed: Scalars['Int']['output'];
};

export type Order = {
  id: Scalars['ID']['output'];
  userId: Scalars['ID']['output'];
  /** The name of the user; null for a moment after registration, until the orders service has received it. */
  username?: Maybe<Scalars['String']['output']>;
  status: OrderStatus;
  paymentStatus: PaymentStatus;
  /** The total of all quantities. */
  quantity: Scalars['Int']['output'];
  priceTotal: Scalars['MinorUnits']['output'];
  currency: Scalars['String']['output'];
  orderProducts: Array<OrderProduct>;
  createdAt: Scalars['DateTime']['output'];
  /** Oldest first. */
  history?: Maybe<Array<OrderTransition>>;
  /** The user who ordered; null when the caller may not see that user. */
  user?: Maybe<User>;
};

export type OrderProduct = {
  productId: Scalars['ID']['output'];
  /** The product's name when it was ordered. */
  name: Scalars['String']['output'];
  quantity: Scalars['Int']['output'];
  /** The price of one unit when it was ordered. */
  price: Scalars['MinorUnits']['output'];
  /** The product's current state; null when it is no longer sold. */
  product?: Maybe<Product>;
};

export type OrderStatus =
  | 'PENDING_PAYMENT'
  | 'PAID'
  | 'PREPARING'
  | 'READY'
  | 'ASSIGNED'
  | 'PICKED_UP'
  | 'DELIVERED'
  | 'CANCELLED'
  | 'EXPIRED';

export type PaymentStatus =
  | 'NONE'
  | 'PENDING'
  | 'PAID'
  | 'FAILED'
  | 'REFUNDED';

export type OrderTransition = {
  from?: Maybe<OrderStatus>;
  to: OrderStatus;
  actor: Scalars['String']['output'];
  reason: Scalars['String']['output'];
  at: Scalars['DateTime']['output'];
};

export type PlaceOrderInput = {
  orderProducts: Array<OrderProductInput>;
  /**
   * 1 to 255 characters, one of them visible; compared as given. Calls with the same key place one order: repeated calls
   * return the first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

export type OrderProductInput = {
  productId: Scalars['ID']['input'];
  quantity: Scalars['Int']['input'];
};

export type CancelOrderInput = {
  id: Scalars['ID']['input'];
  reason: Scalars['String']['input'];
};

export type MarkOrderPaidInput = {
  id: Scalars['ID']['input'];
};

export type DeadLetters = {
  total: Scalars['Int']['output'];
  items: Array<DeadLetter>;
};

export type DeadLetter = {
  eventId: Scalars['ID']['output'];
  topic: Scalars['String']['output'];
  /** The CloudEvent as received, as JSON. */
  event: Scalars['String']['output'];
  error: Scalars['String']['output'];
  attempts: Scalars['Int']['output'];
  diedAt: Scalars['DateTime']['output'];
};

export type RedriveDeadLettersInput = {
  service: ServiceName;
  /** At most 50 in one call. When empty, the oldest ones. */
  eventIds: Array<Scalars['ID']['input']>;
};

export type RedriveResult = {
  redriven: Scalars['Int']['output'];
  failed: Scalars['Int']['output'];
  /** Dead letters that this call did not retry: call again. */
  left: Scalars['Int']['output'];
};

export type ServiceName =
  | 'ACCOUNTS'
  | 'CATALOG'
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
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  MinorUnits: ResolverTypeWrapper<Scalars['MinorUnits']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  TextMap: ResolverTypeWrapper<Scalars['TextMap']['output']>;
  Success: ResolverTypeWrapper<Success>;
  Role: Role;
  User: ResolverTypeWrapper<ApiUser>;
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
  ProductSearch: ResolverTypeWrapper<Omit<ProductSearch, 'items'> & { items: Array<ResolversTypes['Product']> }>;
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
  OrderProduct: ResolverTypeWrapper<Omit<OrderProduct, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>;
  OrderStatus: OrderStatus;
  PaymentStatus: PaymentStatus;
  OrderTransition: ResolverTypeWrapper<ApiOrderTransition>;
  PlaceOrderInput: PlaceOrderInput;
  OrderProductInput: OrderProductInput;
  CancelOrderInput: CancelOrderInput;
  MarkOrderPaidInput: MarkOrderPaidInput;
  DeadLetters: ResolverTypeWrapper<ApiDeadLetters>;
  DeadLetter: ResolverTypeWrapper<ApiDeadLetter>;
  RedriveDeadLettersInput: RedriveDeadLettersInput;
  RedriveResult: ResolverTypeWrapper<RedriveResult>;
  ServiceName: ServiceName;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: Record<PropertyKey, never>;
  Int: Scalars['Int']['output'];
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  Mutation: Record<PropertyKey, never>;
  MinorUnits: Scalars['MinorUnits']['output'];
  DateTime: Scalars['DateTime']['output'];
  TextMap: Scalars['TextMap']['output'];
  Success: Success;
  User: ApiUser;
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
  ProductSearch: Omit<ProductSearch, 'items'> & { items: Array<ResolversParentTypes['Product']> };
  Facet: Facet;
  FacetValue: FacetValue;
  CreateProductInput: CreateProductInput;
  UpdateProductInput: UpdateProductInput;
  UpdateInventoryInput: UpdateInventoryInput;
  InventoryResult: InventoryResult;
  ReindexResult: ReindexResult;
  ReindexProgress: ApiReindexProgress;
  Order: ApiOrder;
  OrderProduct: Omit<OrderProduct, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> };
  OrderTransition: ApiOrderTransition;
  PlaceOrderInput: PlaceOrderInput;
  OrderProductInput: OrderProductInput;
  CancelOrderInput: CancelOrderInput;
  MarkOrderPaidInput: MarkOrderPaidInput;
  DeadLetters: ApiDeadLetters;
  DeadLetter: ApiDeadLetter;
  RedriveDeadLettersInput: RedriveDeadLettersInput;
  RedriveResult: RedriveResult;
};

export type QueryResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  users?: Resolver<Maybe<Array<ResolversTypes['User']>>, ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  products?: Resolver<Maybe<Array<ResolversTypes['Product']>>, ParentType, ContextType, RequireFields<QueryProductsArgs, 'first'>>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'id'>>;
  searchProducts?: Resolver<Maybe<ResolversTypes['ProductSearch']>, ParentType, ContextType, RequireFields<QuerySearchProductsArgs, 'query' | 'sort' | 'first'>>;
  suggestProducts?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType, RequireFields<QuerySuggestProductsArgs, 'prefix' | 'first'>>;
  reindexProgress?: Resolver<Maybe<ResolversTypes['ReindexProgress']>, ParentType, ContextType, RequireFields<QueryReindexProgressArgs, 'index'>>;
  orders?: Resolver<Maybe<Array<ResolversTypes['Order']>>, ParentType, ContextType, RequireFields<QueryOrdersArgs, 'first' | 'all'>>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  deadLetters?: Resolver<Maybe<ResolversTypes['DeadLetters']>, ParentType, ContextType, RequireFields<QueryDeadLettersArgs, 'service' | 'first'>>;
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

export type SuccessResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Success'] = ResolversParentTypes['Success']> = {
  success?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  orders?: Resolver<Maybe<Array<ResolversTypes['Order']>>, ParentType, ContextType, RequireFields<UserOrdersArgs, 'first'>>;
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

export type ProductSearchResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProductSearch'] = ResolversParentTypes['ProductSearch']> = {
  items?: Resolver<Array<ResolversTypes['Product']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
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

export type DeadLettersResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['DeadLetters'] = ResolversParentTypes['DeadLetters']> = {
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  items?: Resolver<Array<ResolversTypes['DeadLetter']>, ParentType, ContextType>;
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

export type Resolvers<ContextType = GraphqlContext> = {
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  MinorUnits?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  TextMap?: GraphQLScalarType;
  Success?: SuccessResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  Tokens?: TokensResolvers<ContextType>;
  LogoutAllResult?: LogoutAllResultResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProductSearch?: ProductSearchResolvers<ContextType>;
  Facet?: FacetResolvers<ContextType>;
  FacetValue?: FacetValueResolvers<ContextType>;
  InventoryResult?: InventoryResultResolvers<ContextType>;
  ReindexResult?: ReindexResultResolvers<ContextType>;
  ReindexProgress?: ReindexProgressResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderProduct?: OrderProductResolvers<ContextType>;
  OrderTransition?: OrderTransitionResolvers<ContextType>;
  DeadLetters?: DeadLettersResolvers<ContextType>;
  DeadLetter?: DeadLetterResolvers<ContextType>;
  RedriveResult?: RedriveResultResolvers<ContextType>;
};

