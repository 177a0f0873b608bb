// Generated from the OpenAPI document by npm run docs; do not edit.

/** What each path takes and answers, by method. */
export interface paths {
  "/.well-known/jwks.json": { get: operations["tokenKeys"] };
  "/.well-known/license-keys.json": { get: operations["licenseKeys"] };
  "/api/v1/api-keys/": { get: operations["listApiKeys"]; post: operations["createApiKey"] };
  "/api/v1/api-keys/{key_id}/": { get: operations["getApiKey"]; patch: operations["updateApiKey"]; delete: operations["revokeApiKey"] };
  "/api/v1/api-keys/{key_id}/rotate/": { post: operations["rotateApiKey"] };
  "/api/v1/applications/": { get: operations["listApplications"]; post: operations["createApplication"] };
  "/api/v1/applications/{id}/": { get: operations["getApplication"]; put: operations["replaceApplication"]; patch: operations["changeApplication"]; delete: operations["deleteApplication"] };
  "/api/v1/applications/{id}/articles/": { get: operations["listArticles"]; post: operations["writeArticle"] };
  "/api/v1/applications/{id}/articles/{article_id}/": { get: operations["getArticle"]; patch: operations["changeArticle"]; delete: operations["deleteArticle"] };
  "/api/v1/applications/{id}/feedbacks/": { get: operations["listFeedbacks"]; post: operations["giveFeedback"] };
  "/api/v1/applications/{id}/feedbacks/{feedback_id}/": { patch: operations["answerFeedback"] };
  "/api/v1/applications/{id}/restore/": { post: operations["restoreApplication"] };
  "/api/v1/applications/{id}/statistics/": { get: operations["applicationStatistics"] };
  "/api/v1/asyncapi.json": { get: operations["asyncapiDocument"] };
  "/api/v1/auth/browser/login/": { post: operations["logInBrowser"] };
  "/api/v1/auth/browser/login/second-factor/": { post: operations["logInBrowserWithSecondFactor"] };
  "/api/v1/auth/browser/logout/": { post: operations["logOutBrowser"] };
  "/api/v1/auth/browser/refresh/": { post: operations["refreshBrowser"] };
  "/api/v1/auth/change-password/": { post: operations["changePassword"] };
  "/api/v1/auth/login/": { post: operations["login"] };
  "/api/v1/auth/login/second-factor/": { post: operations["logInWithSecondFactor"] };
  "/api/v1/auth/logout/": { post: operations["logout"] };
  "/api/v1/auth/me/": { get: operations["me"] };
  "/api/v1/auth/password-links/": { post: operations["askForPasswordLink"] };
  "/api/v1/auth/password-links/accept/": { post: operations["acceptPasswordLink"] };
  "/api/v1/auth/refresh/": { post: operations["refreshSession"] };
  "/api/v1/auth/second-factor/": { get: operations["getSecondFactor"]; post: operations["startSecondFactor"] };
  "/api/v1/auth/second-factor/confirm/": { post: operations["confirmSecondFactor"] };
  "/api/v1/auth/second-factor/recovery-codes/": { post: operations["replaceRecoveryCodes"] };
  "/api/v1/auth/second-factor/remove/": { post: operations["removeSecondFactor"] };
  "/api/v1/auth/sessions/": { get: operations["listOwnSessions"] };
  "/api/v1/auth/sessions/{session_id}/": { delete: operations["endOwnSession"] };
  "/api/v1/auth/token/": { post: operations["issueServiceToken"] };
  "/api/v1/clients/": { get: operations["listClients"]; post: operations["createClient"] };
  "/api/v1/clients/{client_id}/": { delete: operations["deleteClient"] };
  "/api/v1/clients/{client_id}/rotate-secret/": { post: operations["rotateClientSecret"] };
  "/api/v1/dead-letters/": { get: operations["countDeadLetters"] };
  "/api/v1/dead-letters/{service}/": { get: operations["listDeadLetters"] };
  "/api/v1/dead-letters/{service}/replay/": { post: operations["replayDeadLetters"] };
  "/api/v1/dead-letters/{service}/{event_id}/": { get: operations["getDeadLetter"] };
  "/api/v1/docs/": { get: operations["docsPage"] };
  "/api/v1/external-issuers/": { get: operations["listExternalIssuers"]; post: operations["createExternalIssuer"] };
  "/api/v1/external-issuers/{id}/": { get: operations["getExternalIssuer"]; patch: operations["updateExternalIssuer"]; delete: operations["deleteExternalIssuer"] };
  "/api/v1/health/": { get: operations["health"] };
  "/api/v1/internal-keys/": { get: operations["listInternalKeys"] };
  "/api/v1/license-assignments/": { get: operations["listAssignments"]; post: operations["createAssignment"] };
  "/api/v1/license-assignments/batch-assign/": { post: operations["batchAssign"] };
  "/api/v1/license-assignments/batches/": { get: operations["listBatches"]; post: operations["startBatch"] };
  "/api/v1/license-assignments/batches/{id}/": { get: operations["getBatch"] };
  "/api/v1/license-assignments/{id}/": { get: operations["getAssignment"] };
  "/api/v1/license-assignments/{id}/resume/": { post: operations["resumeAssignment"] };
  "/api/v1/license-assignments/{id}/revoke/": { post: operations["revokeAssignment"] };
  "/api/v1/license-assignments/{id}/suspend/": { post: operations["suspendAssignment"] };
  "/api/v1/license-assignments/{id}/unbind-device/": { post: operations["unbindDeviceOf"] };
  "/api/v1/license-keys/rotate/": { post: operations["rotateSigningKey"] };
  "/api/v1/license-keys/{kid}/withdraw/": { post: operations["withdrawSigningKey"] };
  "/api/v1/licenses/": { get: operations["listLicenses"]; post: operations["issueLicense"] };
  "/api/v1/licenses/validate/": { post: operations["validateLicense"] };
  "/api/v1/licenses/{id}/": { get: operations["getLicense"]; patch: operations["updateLicense"]; delete: operations["deleteLicense"] };
  "/api/v1/licenses/{id}/renew/": { post: operations["renewLicense"] };
  "/api/v1/licenses/{id}/revoke/": { post: operations["revokeLicense"] };
  "/api/v1/licenses/{id}/rotate-key/": { post: operations["rotateLicenseKey"] };
  "/api/v1/member-system/activities/": { get: operations["listActivities"] };
  "/api/v1/member-system/activities/{activity_id}/join/": { post: operations["joinActivity"] };
  "/api/v1/member-system/admin/activities/": { get: operations["pageActivities"]; post: operations["createActivity"] };
  "/api/v1/member-system/admin/activities/{activity_id}/": { get: operations["getActivity"]; patch: operations["updateActivity"]; delete: operations["deleteActivity"] };
  "/api/v1/member-system/admin/benefits/": { get: operations["pageBenefits"]; post: operations["createBenefit"] };
  "/api/v1/member-system/admin/benefits/{benefit_id}/": { get: operations["getBenefit"]; patch: operations["updateBenefit"]; delete: operations["deleteBenefit"] };
  "/api/v1/member-system/admin/levels/": { get: operations["pageMemberLevels"]; post: operations["createMemberLevel"] };
  "/api/v1/member-system/admin/levels/{id}/": { get: operations["getMemberLevel"]; patch: operations["updateMemberLevel"]; delete: operations["deleteMemberLevel"] };
  "/api/v1/member-system/admin/members/{id}/": { get: operations["getMembership"] };
  "/api/v1/member-system/admin/points/batch": { post: operations["batchPoints"] };
  "/api/v1/member-system/admin/redemption-items/": { get: operations["listRedemptionItems"]; post: operations["createRedemptionItem"] };
  "/api/v1/member-system/admin/redemption-items/{item_id}/": { get: operations["getRedemptionItem"]; patch: operations["updateRedemptionItem"]; delete: operations["deleteRedemptionItem"] };
  "/api/v1/member-system/admin/redemptions/": { get: operations["listRedemptions"] };
  "/api/v1/member-system/admin/redemptions/{redemption_id}/": { get: operations["getRedemption"] };
  "/api/v1/member-system/admin/redemptions/{redemption_id}/cancel/": { post: operations["cancelRedemption"] };
  "/api/v1/member-system/admin/redemptions/{redemption_id}/complete/": { post: operations["completeRedemption"] };
  "/api/v1/member-system/admin/redemptions/{redemption_id}/return/": { post: operations["returnRedemption"] };
  "/api/v1/member-system/admin/redemptions/{redemption_id}/ship/": { post: operations["shipRedemption"] };
  "/api/v1/member-system/admin/statistics/": { get: operations["getMemberStatistics"] };
  "/api/v1/member-system/benefits/available/": { get: operations["listAvailableBenefits"] };
  "/api/v1/member-system/benefits/use/": { post: operations["useBenefit"] };
  "/api/v1/member-system/levels/": { get: operations["listMemberLevels"] };
  "/api/v1/member-system/levels/upgrade/": { post: operations["setMemberLevel"] };
  "/api/v1/member-system/points/earn/": { post: operations["earnMemberPoints"] };
  "/api/v1/member-system/points/redeem/": { post: operations["redeemPoints"] };
  "/api/v1/member-system/points/transactions/": { get: operations["listPointsTransactions"] };
  "/api/v1/member-system/points/use/": { post: operations["useMemberPoints"] };
  "/api/v1/member-system/profile/": { get: operations["getMemberProfile"]; put: operations["updateMemberProfile"] };
  "/api/v1/member-system/webhooks/events/": { post: operations["takeWebhook"] };
  "/api/v1/members/": { get: operations["listMembers"]; post: operations["createMember"] };
  "/api/v1/members/import/": { post: operations["importMembers"] };
  "/api/v1/members/password-links/{link_id}/fetch/": { post: operations["fetchPasswordLink"] };
  "/api/v1/members/{id}/": { get: operations["getMember"]; patch: operations["updateMember"]; delete: operations["deactivateMember"] };
  "/api/v1/members/{id}/erase/": { post: operations["eraseMember"] };
  "/api/v1/members/{id}/password-link/": { post: operations["makePasswordLink"] };
  "/api/v1/members/{id}/reset-second-factor/": { post: operations["resetSecondFactor"] };
  "/api/v1/members/{id}/sessions/": { get: operations["listMemberSessions"] };
  "/api/v1/members/{id}/sessions/{session_id}/": { delete: operations["endMemberSession"] };
  "/api/v1/openapi.json": { get: operations["openapiDocument"] };
  "/api/v1/plans/": { get: operations["listPlans"]; post: operations["createPlan"] };
  "/api/v1/plans/{id}/": { get: operations["getPlan"]; patch: operations["updatePlan"]; delete: operations["deletePlan"] };
  "/api/v1/points/expire/": { post: operations["expirePoints"] };
  "/api/v1/points/holds/": { get: operations["listTenantHolds"] };
  "/api/v1/points/holds/{id}/capture/": { post: operations["captureHold"] };
  "/api/v1/points/holds/{id}/release/": { post: operations["releaseHold"] };
  "/api/v1/points/points-records/": { get: operations["listPointsRecords"] };
  "/api/v1/points/points-records/summary/": { get: operations["summarizePointsRecords"] };
  "/api/v1/points/points-records/{id}/": { get: operations["getPointsRecord"] };
  "/api/v1/points/points-records/{id}/cancel/": { post: operations["cancelPointsRecord"] };
  "/api/v1/points/profiles/": { get: operations["listProfiles"] };
  "/api/v1/points/profiles/{id}/": { get: operations["getProfile"]; patch: operations["updateProfile"] };
  "/api/v1/points/profiles/{id}/adjust_points/": { post: operations["adjustPoints"] };
  "/api/v1/points/profiles/{id}/balance/": { get: operations["getBalance"] };
  "/api/v1/points/profiles/{id}/check_level/": { post: operations["checkProfileLevel"] };
  "/api/v1/points/profiles/{id}/earn_points/": { post: operations["earnPoints"] };
  "/api/v1/points/profiles/{id}/expiring/": { get: operations["getExpiringPoints"] };
  "/api/v1/points/profiles/{id}/holds/": { get: operations["listHolds"]; post: operations["placeHold"] };
  "/api/v1/points/profiles/{id}/permissions/": { get: operations["getProfilePermissions"] };
  "/api/v1/points/profiles/{id}/quotas/{name}/consume/": { post: operations["consumeQuota"] };
  "/api/v1/points/profiles/{id}/set_level/": { post: operations["setProfileLevel"] };
  "/api/v1/points/profiles/{id}/spend_points/": { post: operations["spendPoints"] };
  "/api/v1/points/profiles/{id}/statement/": { get: operations["getStatement"] };
  "/api/v1/points/profiles/{id}/summary/": { get: operations["getProfileSummary"] };
  "/api/v1/points/profiles/{id}/transfer/": { post: operations["transferPoints"] };
  "/api/v1/points/rule-events/": { get: operations["listRuleEvents"] };
  "/api/v1/points/rules/": { get: operations["listRules"]; post: operations["createRule"] };
  "/api/v1/points/rules/dry-run/": { post: operations["dryRunRules"] };
  "/api/v1/points/rules/{id}/": { get: operations["getRule"]; patch: operations["updateRule"]; delete: operations["deleteRule"] };
  "/api/v1/points/settings/": { get: operations["getPointsSettings"]; put: operations["updatePointsSettings"] };
  "/api/v1/points/user-levels/": { get: operations["listUserLevels"]; post: operations["createUserLevel"] };
  "/api/v1/points/user-levels/{id}/": { get: operations["getUserLevel"]; put: operations["replaceUserLevel"]; patch: operations["updateUserLevel"]; delete: operations["deleteUserLevel"] };
  "/api/v1/points/user-type-tags/": { get: operations["listUserTypeTags"] };
  "/api/v1/points/user-type-tags/{id}/": { get: operations["getUserTypeTag"] };
  "/api/v1/products/": { get: operations["listProducts"]; post: operations["createProduct"] };
  "/api/v1/products/{id}/": { get: operations["getProduct"]; patch: operations["updateProduct"]; delete: operations["deleteProduct"] };
  "/api/v1/redoc/": { get: operations["redocPage"] };
  "/api/v1/reports/expiry-alerts/": { get: operations["reportExpiryAlerts"] };
  "/api/v1/reports/license-usage/": { get: operations["reportLicenseUsage"] };
  "/api/v1/reports/user-activity/": { get: operations["reportUserActivity"] };
  "/api/v1/sealed-secrets/": { get: operations["listSealedSecrets"] };
  "/api/v1/sealed-secrets/reseal/": { post: operations["resealSecrets"] };
  "/api/v1/security/": { get: operations["getSecuritySettings"]; patch: operations["updateSecuritySettings"] };
  "/api/v1/stats/applications/summary/": { get: operations["getApplicationStatistics"] };
  "/api/v1/stats/audit-anchors/": { get: operations["listAuditAnchors"] };
  "/api/v1/stats/events/": { get: operations["listEvents"] };
  "/api/v1/stats/events/{event_id}/chain/": { get: operations["getEventChain"] };
  "/api/v1/stats/export/": { get: operations["exportStatistics"] };
  "/api/v1/stats/leaderboards/": { get: operations["listLeaderboard"] };
  "/api/v1/stats/leaderboards/me/": { get: operations["getOwnRank"] };
  "/api/v1/stats/leaderboards/periods/": { get: operations["listLeaderboardPeriods"] };
  "/api/v1/stats/levels/changes/": { get: operations["getLevelChanges"] };
  "/api/v1/stats/levels/distribution/": { get: operations["getLevelDistribution"] };
  "/api/v1/stats/licenses/summary/": { get: operations["getLicenseStatistics"] };
  "/api/v1/stats/members/active/": { get: operations["getActiveMembers"] };
  "/api/v1/stats/members/growth/": { get: operations["getMembersGrowth"] };
  "/api/v1/stats/members/retention/": { get: operations["getMembersRetention"] };
  "/api/v1/stats/overview/": { get: operations["getStatsOverview"] };
  "/api/v1/stats/points/breakage/": { get: operations["getPointsBreakage"] };
  "/api/v1/stats/points/categories/": { get: operations["getPointsCategories"] };
  "/api/v1/stats/points/liability/": { get: operations["getPointsLiability"] };
  "/api/v1/stats/points/summary/": { get: operations["getPointsSummary"] };
  "/api/v1/stats/points/trends/": { get: operations["getPointsTrends"] };
  "/api/v1/stats/stream/": { get: operations["streamFigures"] };
  "/api/v1/stats/vip/summary/": { get: operations["getVipStatistics"] };
  "/api/v1/tenant-plans/": { get: operations["listTenantPlans"]; post: operations["createTenantPlan"] };
  "/api/v1/tenant-plans/{plan_code}/": { get: operations["getTenantPlan"]; patch: operations["updateTenantPlan"]; delete: operations["deleteTenantPlan"] };
  "/api/v1/tenants/": { get: operations["listTenants"]; post: operations["createTenant"] };
  "/api/v1/tenants/{id}/": { get: operations["getTenant"]; patch: operations["updateTenant"] };
  "/api/v1/tenants/{id}/erase/": { post: operations["eraseTenant"] };
  "/api/v1/tenants/{id}/resume/": { post: operations["resumeTenant"] };
  "/api/v1/tenants/{id}/rotate-webhook-secret/": { post: operations["rotateWebhookSecret"] };
  "/api/v1/tenants/{id}/suspend/": { post: operations["suspendTenant"] };
  "/api/v1/token-keys/": { get: operations["listTokenKeys"] };
  "/api/v1/token-keys/rotate/": { post: operations["rotateTokenKey"] };
  "/api/v1/token-keys/{kid}/withdraw/": { post: operations["withdrawTokenKey"] };
  "/api/v1/usage/": { get: operations["getUsage"] };
  "/api/v1/user/licenses/": { get: operations["listMyLicenses"] };
  "/api/v1/user/licenses/{assignment_id}/activate/": { post: operations["activateLicense"] };
  "/api/v1/user/licenses/{assignment_id}/checkout/": { post: operations["checkoutLicense"] };
  "/api/v1/user/licenses/{assignment_id}/heartbeat/": { post: operations["heartbeat"] };
  "/api/v1/user/licenses/{assignment_id}/unbind-device/": { post: operations["unbindDevice"] };
  "/api/v1/user/licenses/{assignment_id}/usage/": { get: operations["getLicenseUsage"]; post: operations["reportUsage"] };
  "/api/v1/vip/expiring/": { get: operations["listExpiringTags"] };
  "/api/v1/vip/members/{id}/status/": { get: operations["memberVipStatus"] };
  "/api/v1/vip/my/status/": { get: operations["myVipStatus"] };
  "/api/v1/vip/purchases/": { get: operations["listPurchases"] };
  "/api/v1/vip/purchases/{id}/": { get: operations["getPurchase"] };
  "/api/v1/vip/run-due/": { post: operations["runDueWork"] };
  "/api/v1/vip/summary/": { get: operations["getVipSummary"] };
  "/api/v1/vip/tags/": { get: operations["listTags"]; post: operations["defineTag"] };
  "/api/v1/vip/tags/{id}/": { get: operations["getTag"]; put: operations["replaceTag"]; patch: operations["changeTag"]; delete: operations["retireTag"] };
  "/api/v1/vip/tags/{id}/purchase/": { post: operations["purchaseTag"] };
  "/api/v1/vip/tags/{id}/quote/": { get: operations["quoteTag"] };
  "/api/v1/vip/user-tags/": { get: operations["listUserTags"] };
  "/api/v1/vip/user-tags/batch-grant/": { post: operations["batchGrantTag"] };
  "/api/v1/vip/user-tags/grant/": { post: operations["grantTag"] };
  "/api/v1/vip/user-tags/{id}/": { get: operations["getUserTag"] };
  "/api/v1/vip/user-tags/{id}/auto-renew/": { post: operations["setAutoRenewal"] };
  "/api/v1/vip/user-tags/{id}/history/": { get: operations["listUserTagHistory"] };
  "/api/v1/vip/user-tags/{id}/renew/": { post: operations["renewUserTag"] };
  "/api/v1/vip/user-tags/{id}/resume/": { post: operations["resumeUserTag"] };
  "/api/v1/vip/user-tags/{id}/revoke/": { post: operations["revokeUserTag"] };
  "/api/v1/vip/user-tags/{id}/suspend/": { post: operations["suspendUserTag"] };
  "/api/v1/webhooks/deliveries/": { get: operations["listWebhookDeliveries"] };
  "/api/v1/webhooks/deliveries/{id}/": { get: operations["getWebhookDelivery"] };
  "/api/v1/webhooks/deliveries/{id}/retry/": { post: operations["retryWebhookDelivery"] };
  "/api/v1/webhooks/endpoints/": { get: operations["listWebhookEndpoints"]; post: operations["createWebhookEndpoint"] };
  "/api/v1/webhooks/endpoints/{id}/": { get: operations["getWebhookEndpoint"]; patch: operations["updateWebhookEndpoint"]; delete: operations["deleteWebhookEndpoint"] };
  "/api/v1/webhooks/endpoints/{id}/ping/": { post: operations["pingWebhookEndpoint"] };
  "/api/v1/webhooks/endpoints/{id}/replay/": { post: operations["replayWebhookDeliveries"] };
  "/api/v1/webhooks/endpoints/{id}/rotate-secret/": { post: operations["rotateWebhookEndpointSecret"] };
  "/api/v1/webhooks/event-types/": { get: operations["listWebhookEventTypes"] };
}

/** What each operation takes and answers, by its id in the OpenAPI document. */
export interface operations {
  /** Public keys of the tokens; none while signing is symmetric */
  tokenKeys: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          keys: Record<string, unknown>[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Public keys of licence files (a JWK set) */
  licenseKeys: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          keys: ({
            kty: "OKP";
            crv: "Ed25519";
            alg: "EdDSA";
            use: "sig";
            kid: string;
            x: string;
            created_at: Instant;
            starts_at: Instant;
            retired_at: Instant | null;
            withdrawn_at?: Instant;
          })[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** API keys of the tenant */
  listApiKeys: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those in this state */
        status?: "active" | "expired" | "revoked";
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ApiKey[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add an API key; it is shown this once */
  createApiKey: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        scopes: ("gateway:read" | "gateway:write" | "points:read" | "points:write" | "vip:read" | "vip:write" | "licenses:read" | "licenses:write" | "applications:read" | "applications:write" | "stats:read" | "stats:write")[];
        /** When it ends; null: never */
        expires_at?: string | null;
        /** Requests a minute with this key; null: the tenant’s limit. Of both the lower one holds */
        limit_per_minute?: number | null;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: NewApiKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One API key */
  getApiKey: {
    parameters: {
      path: {
        /** Id of the API key: the 12 characters after its `mk_` */
        key_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ApiKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change the name, scopes, limit or end of an API key; it holds within a second */
  updateApiKey: {
    parameters: {
      path: {
        /** Id of the API key: the 12 characters after its `mk_` */
        key_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        scopes?: ("gateway:read" | "gateway:write" | "points:read" | "points:write" | "vip:read" | "vip:write" | "licenses:read" | "licenses:write" | "applications:read" | "applications:write" | "stats:read" | "stats:write")[];
        /** When it ends; null: never */
        expires_at?: string | null;
        /** Requests a minute with this key; null: the tenant’s limit. Of both the lower one holds */
        limit_per_minute?: number | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ApiKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Revoke an API key: within a second it is worth nothing, for good */
  revokeApiKey: {
    parameters: {
      path: {
        /** Id of the API key: the 12 characters after its `mk_` */
        key_id: string;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Another secret for an API key, shown this once; the one before goes on for a while */
  rotateApiKey: {
    parameters: {
      path: {
        /** Id of the API key: the 12 characters after its `mk_` */
        key_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        keep_previous_hours?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: RotatedApiKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List applications */
  listApplications: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those in this state */
        status?: ApplicationStatus;
        /** Only what is active, or not */
        is_active?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: {
            pagination: AppPagination;
            results: ApplicationRow[];
          };
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Register an application */
  createApplication: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        /** Kept as it was given; case makes no other code of it */
        code: string;
        description?: string | null;
        logo?: string | null;
        website?: string | null;
        contact_email?: string | null;
        current_version?: string;
        owner?: string | null;
        team?: string | null;
        status?: ApplicationStatus;
        tags?: string[];
        metadata?: Record<string, unknown>;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** The application’s own code */
          code: string;
          /** A sentence for people */
          message: string;
          data: Application;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** One application with its counts */
  getApplication: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** The application’s own code */
          code: string;
          /** A sentence for people */
          message: string;
          data: ApplicationDetail;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Replace an application */
  replaceApplication: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        name: string;
        /** Kept as it was given; case makes no other code of it */
        code: string;
        description: string | null;
        logo?: string | null;
        website: string | null;
        contact_email: string | null;
        current_version: string;
        owner: string | null;
        team: string | null;
        status: ApplicationStatus;
        tags: string[];
        metadata?: Record<string, unknown>;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** The application’s own code */
          code: string;
          /** A sentence for people */
          message: string;
          data: Application;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Change fields of an application */
  changeApplication: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        /** Kept as it was given; case makes no other code of it */
        code?: string;
        description?: string | null;
        logo?: string | null;
        website?: string | null;
        contact_email?: string | null;
        current_version?: string;
        owner?: string | null;
        team?: string | null;
        status?: ApplicationStatus;
        tags?: string[];
        metadata?: Record<string, unknown>;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** The application’s own code */
          code: string;
          /** A sentence for people */
          message: string;
          data: Application;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Delete an application, softly */
  deleteApplication: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Articles of an application, newest first */
  listArticles: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: ArticleRow[];
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Write an article */
  writeArticle: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        title: string;
        slug?: string;
        excerpt?: string;
        content?: string;
        status?: ArticleStatus;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: Article;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** One article */
  getArticle: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        /** Id of the article */
        article_id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: Article;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Change an article */
  changeArticle: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        /** Id of the article */
        article_id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        title?: string;
        slug?: string;
        excerpt?: string;
        content?: string;
        status?: ArticleStatus;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: Article;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Remove an article */
  deleteArticle: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        /** Id of the article */
        article_id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Feedbacks on an application */
  listFeedbacks: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those in this state */
        status?: FeedbackStatus;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: {
            pagination: AppPagination;
            results: Feedback[];
          };
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Give feedback on an application */
  giveFeedback: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        title?: string | null;
        content: string;
        rating?: number | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: Feedback;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Answer, close or open a feedback again */
  answerFeedback: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        /** Id of the feedback */
        feedback_id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        status?: FeedbackStatus;
        reply?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: Feedback;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Bring a deleted application back */
  restoreApplication: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** The application’s own code */
          code: string;
          /** A sentence for people */
          message: string;
          data: Application;
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** Counts of licences, feedbacks and articles of an application */
  applicationStatistics: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          code: 2000;
          /** A sentence for people */
          message: string;
          data: {
            licenses: {
              total: number;
              active: number;
            };
            feedbacks: {
              total: number;
              open: number;
            };
            articles: {
              total: number;
            };
          };
        };
      } };
      default: { content: { "application/json": AppError } };
    };
  };
  /** AsyncAPI 3 document of all events */
  asyncapiDocument: {
    parameters: {
      query?: {
        /** Language of the document; by `Accept-Language` unless given, else Chinese */
        lang?: "zh" | "en";
      };
    };
    responses: {
      200: { content: {
        "application/json": Record<string, unknown>;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Log in, in a browser */
  logInBrowser: {
    parameters: {};
    requestBody: { content: {
      "application/json": Credentials;
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedInBrowser;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Second step of a login in a browser: the code */
  logInBrowserWithSecondFactor: {
    parameters: {};
    requestBody: { content: {
      "application/json": SecondStep;
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedInBrowser;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End the session of a browser */
  logOutBrowser: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A new access token for the cookie */
  refreshBrowser: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedInBrowser;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change the own password; ends every session of the user */
  changePassword: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        old_password: string;
        new_password: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Log in with username and password */
  login: {
    parameters: {};
    requestBody: { content: {
      "application/json": Credentials;
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedIn;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Second step of a login: the code */
  logInWithSecondFactor: {
    parameters: {};
    requestBody: { content: {
      "application/json": SecondStep;
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedIn;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End the session */
  logout: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        refresh_token?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Who am I */
  me: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            user: {
              id: IdOutput;
              username: string;
              email: string;
              role: "member" | "admin" | "super";
            };
            tenant: {
              id: IdOutput;
              code: string;
              name: string;
              /** IANA zone in which its days are counted */
              timezone: string;
            } | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A forgotten password: ask for a link */
  askForPasswordLink: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        username: string;
        tenant: string | number;
      };
    } };
    responses: {
      202: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Set a password with the token of a link; ends every session of the member */
  acceptPasswordLink: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        token: string;
        new_password: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Exchange a refresh token for new tokens */
  refreshSession: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        refresh_token: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SignedIn;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One’s own second factor */
  getSecondFactor: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SecondFactor;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Prepare a second factor for oneself: its secret is shown this once, a code of it turns it on */
  startSecondFactor: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        password?: string;
        /** The `challenge_token` that SECOND_FACTOR_REQUIRED gave at the login: for five minutes, and good for nothing else */
        challenge_token?: string;
        /** The six digits that the authenticator shows, or a recovery code */
        code?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            /** Base32, to be typed by hand */
            secret: string;
            /** To be shown as a QR code, for the authenticator */
            otpauth_uri: string;
            expires_in: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Confirm a second factor, which turns it on; the recovery codes are shown this once */
  confirmSecondFactor: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        /** The six digits that the authenticator shows, or a recovery code */
        code: string;
        /** The `challenge_token` that SECOND_FACTOR_REQUIRED gave at the login: for five minutes, and good for nothing else */
        challenge_token?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            /** Recovery codes, each for one use; shown this once */
            recovery_codes: string[];
            session: SignedIn | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Ten new recovery codes; the ones before end */
  replaceRecoveryCodes: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        /** The six digits that the authenticator shows, or a recovery code */
        code: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            /** Recovery codes, each for one use; shown this once */
            recovery_codes: string[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Turn one’s own second factor off */
  removeSecondFactor: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        /** The six digits that the authenticator shows, or a recovery code */
        code: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SecondFactor;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One’s own open sessions */
  listOwnSessions: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: Session[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End one of one’s own sessions */
  endOwnSession: {
    parameters: {
      path: {
        session_id: string;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Service token by client credentials (RFC 6749 §4.4) */
  issueServiceToken: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        grant_type: "client_credentials";
        client_id?: string;
        client_secret?: string;
        /** Scopes with spaces between; all of the client’s when left out */
        scope?: string;
      };
      "application/x-www-form-urlencoded": {
        grant_type: "client_credentials";
        client_id?: string;
        client_secret?: string;
        /** Scopes with spaces between; all of the client’s when left out */
        scope?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          access_token: string;
          token_type: "Bearer";
          expires_in: number;
          scope: string;
        };
      } };
      default: { content: { "application/json": TokenError | DrfError | TokenError | DrfError } };
    };
  };
  /** Service clients of the tenant */
  listClients: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ServiceClient[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add a service client; its secret is shown this once */
  createClient: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        scopes?: ("gateway:read" | "gateway:write" | "points:read" | "points:write" | "vip:read" | "vip:write" | "licenses:read" | "licenses:write" | "applications:read" | "applications:write" | "stats:read" | "stats:write")[];
        client_id?: string;
        client_secret?: string;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: NewServiceClient;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Delete a service client: within a second its tokens are worth nothing */
  deleteClient: {
    parameters: {
      path: {
        /** Id of the service client */
        client_id: string;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Another secret for a service client, shown this once; made here unless one is given */
  rotateClientSecret: {
    parameters: {
      path: {
        /** Id of the service client */
        client_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        client_secret?: string;
        keep_previous_hours?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            client_id: string;
            client_secret: string;
            previous_valid_until: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How many events each service could not handle and has parked */
  countDeadLetters: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: DeadLetterCounts;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Events that a service has parked, the first parked first */
  listDeadLetters: {
    parameters: {
      path: {
        /** gateway, points, vip, licenses, applications, stats; of a cell: points@cell */
        service: string;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Type of event */
        type?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: DeadLetter[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Replay parked events: the service gets them as if they came for the first time */
  replayDeadLetters: {
    parameters: {
      path: {
        /** gateway, points, vip, licenses, applications, stats; of a cell: points@cell */
        service: string;
      };
    };
    requestBody: { content: {
      "application/json": {
        id?: string;
        type?: string;
        all?: true;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ReplayedDeadLetters;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One of them, with what it says */
  getDeadLetter: {
    parameters: {
      path: {
        /** gateway, points, vip, licenses, applications, stats; of a cell: points@cell */
        service: string;
        /** Id of the event */
        event_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: DeadLetterDetails;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Swagger UI */
  docsPage: {
    parameters: {
      query?: {
        /** Language of the document; by `Accept-Language` unless given, else Chinese */
        lang?: "zh" | "en";
      };
    };
    responses: {
      200: { content: {
        "text/html": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The external issuers that the tenant trusts */
  listExternalIssuers: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only what is enabled, or not */
        is_enabled?: boolean;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ExternalIssuer[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Trust an external issuer: its tokens are taken here as they are */
  createExternalIssuer: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        jwks_uri: string;
        algorithms: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA")[];
        /** The most that its tokens give */
        max_role?: "member" | "admin";
        /** Who is seen for the first time becomes a member; else an administrator adds them first, with `external_id` */
        create_members?: boolean;
        is_enabled?: boolean;
        /** The tokens’ `iss`, compared letter by letter; it stays as it was registered */
        issuer: string;
        /** The tokens’ `aud` must hold it; it stays as it was registered */
        audience: string;
        /** It and the tokens’ `sub` are the member’s `external_id`. A tenant that trusts several issuers gives each a prefix, none of which begins another; it stays as it was registered */
        subject_prefix?: string;
        claims?: {
          username?: string;
          email?: string;
          display_name?: string;
          role?: string | null;
          admin_values?: string[];
        };
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ExternalIssuer;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One external issuer, and how its keys are */
  getExternalIssuer: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ExternalIssuer;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change, disable or enable an external issuer; what is left out stays. It holds within a second */
  updateExternalIssuer: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        jwks_uri?: string;
        algorithms?: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA")[];
        /** The most that its tokens give */
        max_role?: "member" | "admin";
        /** Who is seen for the first time becomes a member; else an administrator adds them first, with `external_id` */
        create_members?: boolean;
        is_enabled?: boolean;
        claims?: {
          username?: string;
          email?: string;
          display_name?: string;
          role?: string | null;
          admin_values?: string[];
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ExternalIssuer;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Trust an external issuer no more: within a second its tokens are worth nothing; members stay */
  deleteExternalIssuer: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Health of the platform: 200 ok or degraded, 503 down */
  health: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          status: "ok" | "degraded" | "down";
          version: string;
          services: Record<string, {
              status: "up" | "degraded" | "down";
              latency_ms: number | null;
              breaker: "closed" | "open" | "half_open" | null;
              checks: Record<string, "up" | "down" | "blocked">;
            }>;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The keys between the gateway and each service: which one signs, and which still hold */
  listInternalKeys: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: InternalKey[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List assignments */
  listAssignments: {
    parameters: {
      query?: {
        /** Only those of this member */
        member_id?: number;
        /** Only those of this licence */
        license_id?: number;
        /** Only those in this state */
        status?: "assigned" | "active" | "suspended" | "revoked" | "expired";
        /** Only what ends before this time, or by the end of this day */
        expires_before?: string | Day;
        /** Only what was assigned after this time */
        assigned_after?: string | Day;
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: AssignmentRow[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Assign a licence to a member */
  createAssignment: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        member_id: number;
        license_id: number;
        assignment_type?: "direct" | "user_request" | "group_assign";
        expires_days?: number;
        assignment_reason?: string;
        assignment_notes?: string;
        max_concurrent_devices?: number;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            assigned_at: Instant;
            expires_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Assign licences to many members */
  batchAssign: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        assignments: ({
          member_id: number;
          license_id: number;
          assignment_type?: "direct" | "user_request" | "group_assign";
          expires_days?: number;
          assignment_reason?: string;
          assignment_notes?: string;
          max_concurrent_devices?: number;
        })[];
        common_settings?: {
          assignment_type?: "direct" | "user_request" | "group_assign";
          expires_days?: number;
          assignment_reason?: string;
          assignment_notes?: string;
          max_concurrent_devices?: number;
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            total: number;
            successful_count: number;
            failed_count: number;
            results: ({
              index: number;
              member_id: IdOutput;
              license_id: IdOutput;
              status: "success" | "failed";
              assignment_id?: IdOutput;
              error?: {
                code: string;
                message: string;
                details: Record<string, unknown>;
              };
            })[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List the batches of assignments */
  listBatches: {
    parameters: {
      query?: {
        /** Only those in this state */
        status?: "running" | "completed";
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ({
              batch_id: IdOutput;
              status: "running" | "completed";
              total: number;
              successful_count: number;
              failed_count: number;
              created_at: Instant;
              completed_at: Instant | null;
            })[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Assign licences to very many members in the background */
  startBatch: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        assignments: ({
          member_id: number;
          license_id: number;
          assignment_type?: "direct" | "user_request" | "group_assign";
          expires_days?: number;
          assignment_reason?: string;
          assignment_notes?: string;
          max_concurrent_devices?: number;
        })[];
        common_settings?: {
          assignment_type?: "direct" | "user_request" | "group_assign";
          expires_days?: number;
          assignment_reason?: string;
          assignment_notes?: string;
          max_concurrent_devices?: number;
        };
      };
    } };
    responses: {
      202: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            batch_id: IdOutput;
            status: "running" | "completed";
            total: number;
            successful_count: number;
            failed_count: number;
            created_at: Instant;
            completed_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How far a batch of assignments is */
  getBatch: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            batch_id: IdOutput;
            status: "running" | "completed";
            total: number;
            successful_count: number;
            failed_count: number;
            created_at: Instant;
            completed_at: Instant | null;
            results: ({
              index: number;
              member_id: IdOutput;
              license_id: IdOutput;
              status: "success" | "failed";
              assignment_id?: IdOutput;
              error?: {
                code: string;
                message: string;
                details: Record<string, unknown>;
              };
            })[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show an assignment */
  getAssignment: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            member: {
              id: IdOutput;
              username: string | null;
              email: string | null;
              display_name: string | null;
            };
            license: {
              id: IdOutput;
              license_key: string;
              product: {
                id: IdOutput;
                name: string;
                version: string;
              };
              plan: {
                id: IdOutput;
                name: string;
                features: Record<string, unknown>;
              };
            };
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            assignment_type: "direct" | "user_request" | "group_assign";
            assigned_at: Instant;
            activated_at: Instant | null;
            last_used_at: Instant | null;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            assignment_reason: string | null;
            assignment_notes: string | null;
            max_concurrent_devices: number | null;
            status_reason: string | null;
            license_limits: {
              max_activations: number;
              current_activations: number;
            };
            device_bindings: ({
              device_id: string;
              device_name: string | null;
              bound_at: Instant;
              last_seen_at: Instant;
              status: "active" | "suspended";
            })[];
            usage_stats: {
              total_usage_hours: number;
              last_7_days_usage: number;
              avg_daily_usage: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Resume a suspended assignment */
  resumeAssignment: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            assigned_at: Instant;
            expires_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Revoke an assignment */
  revokeAssignment: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            assigned_at: Instant;
            expires_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Suspend an assignment */
  suspendAssignment: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            assigned_at: Instant;
            expires_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Unbind a member’s device */
  unbindDeviceOf: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_id: string;
        release_slot?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            device_id: string;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Sign licence files with a new key */
  rotateSigningKey: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        announce_days?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            kty: "OKP";
            crv: "Ed25519";
            alg: "EdDSA";
            use: "sig";
            kid: string;
            x: string;
            created_at: Instant;
            starts_at: Instant;
            retired_at: Instant | null;
            withdrawn_at?: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Withdraw a key that others may know */
  withdrawSigningKey: {
    parameters: {
      path: {
        /** Name of the signing key */
        kid: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        since?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            kty: "OKP";
            crv: "Ed25519";
            alg: "EdDSA";
            use: "sig";
            kid: string;
            x: string;
            created_at: Instant;
            starts_at: Instant;
            retired_at: Instant | null;
            withdrawn_at?: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List licences */
  listLicenses: {
    parameters: {
      query?: {
        /** Part of the key, of the notes, or of the name of the product or plan; or the id of the licence */
        search?: string;
        ids?: string;
        /** Only those of this product */
        product_id?: number;
        /** Only those of this plan */
        plan_id?: number;
        /** Only those in this state */
        status?: "active" | "revoked" | "expired";
        /** Only the one with this key */
        license_key?: string;
        /** Only what ends before this time, or by the end of this day */
        expires_before?: string | Day;
        /** `true`: it is not revoked, and of several activations a tenth at most is left */
        nearly_full?: boolean;
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ({
              id: IdOutput;
              license_key: string;
              product_id: IdOutput;
              product_name: string;
              plan_id: IdOutput;
              plan_name: string;
              status: "active" | "revoked" | "expired";
              max_activations: number;
              license_quota: {
                max_activations: number;
                current_activations: number;
                available_slots: number;
              };
              open_assignments: number;
              expires_at: Instant | null;
              days_until_expiry: number | null;
              notes: string;
              revoked_at: Instant | null;
              revoke_reason: string | null;
              created_at: Instant;
              updated_at: Instant;
            })[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Issue a licence */
  issueLicense: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        product_id: Id;
        plan_id: Id;
        license_key?: string;
        max_activations?: number;
        expires_at?: string | null;
        notes?: string;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Validate a licence key */
  validateLicense: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        license_key: string;
        hardware_fingerprint?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            valid: boolean;
            code: "VALID" | "IN_GRACE" | "EXPIRED" | "REVOKED" | "SUSPENDED" | "NOT_ACTIVATED" | "NOT_FOUND" | "TENANT_SUSPENDED";
            action: "allow" | "warn" | "block";
            checked_at: Instant;
            license: {
              status: "active" | "revoked" | "expired";
              expires_at: Instant | null;
              days_until_expiry: number | null;
              grace_until: Instant | null;
            } | null;
            entitlements: {
              product: {
                id: IdOutput;
                name: string;
                version: string;
              };
              plan: {
                id: IdOutput;
                name: string;
              };
              features: Record<string, unknown>;
              max_activations: number;
              available_slots: number;
            } | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One licence */
  getLicense: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change the limits of a licence: the fields that are sent */
  updateLicense: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        max_activations?: number;
        expires_at?: string | null;
        notes?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Remove a licence that nobody holds */
  deleteLicense: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Renew a licence under its key, also in grace and after it */
  renewLicense: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        duration_days: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Revoke a licence, its assignments with it */
  revokeLicense: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Give a licence a new key; the old one is void at once */
  rotateLicenseKey: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            license_key: string;
            product_id: IdOutput;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            status: "active" | "revoked" | "expired";
            max_activations: number;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
            open_assignments: number;
            expires_at: Instant | null;
            days_until_expiry: number | null;
            notes: string;
            revoked_at: Instant | null;
            revoke_reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List activities, those that begin last first */
  listActivities: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        /** Only those in this state */
        status?: "upcoming" | "active" | "ended" | "all";
        /** Only those of this category */
        category?: "all" | string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activities: ({
              activity_id: string;
              title: string;
              description: string;
              category: string;
              required_level: IdOutput | null;
              start_time: Instant;
              end_time: Instant;
              participation_count: number;
              max_participants: number | null;
              is_eligible: boolean;
              is_participated: boolean;
            })[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Take part in an activity */
  joinActivity: {
    parameters: {
      path: {
        /** The activity: `ACT` and a number */
        activity_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        participation_data?: Record<string, unknown> | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            participation_id: string;
            activity_title: string;
            joined_at: Instant;
            benefits_activated: string[];
            next_action: string;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List the activities for their administration */
  pageActivities: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activities: ({
              activity_id: string;
              title: string;
              description: string;
              category: string;
              required_level: IdOutput | null;
              start_time: Instant;
              end_time: Instant;
              participation_count: number;
              max_participants: number | null;
              benefits: string[];
              next_action: string;
              is_active: boolean;
              created_at: Instant;
              updated_at: Instant;
            })[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Announce an activity */
  createActivity: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        title: string;
        description?: string;
        category: string;
        /** Members of this level and above; null: everybody */
        required_level?: Id | null;
        start_time: string;
        end_time: string;
        max_participants?: number | null;
        benefits?: "double_points"[];
        next_action?: string;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activity_id: string;
            title: string;
            description: string;
            category: string;
            required_level: IdOutput | null;
            start_time: Instant;
            end_time: Instant;
            participation_count: number;
            max_participants: number | null;
            benefits: string[];
            next_action: string;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show an activity */
  getActivity: {
    parameters: {
      path: {
        /** The activity: `ACT` and a number */
        activity_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activity_id: string;
            title: string;
            description: string;
            category: string;
            required_level: IdOutput | null;
            start_time: Instant;
            end_time: Instant;
            participation_count: number;
            max_participants: number | null;
            benefits: string[];
            next_action: string;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Change an activity */
  updateActivity: {
    parameters: {
      path: {
        /** The activity: `ACT` and a number */
        activity_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        title?: string;
        description?: string;
        category?: string;
        /** Members of this level and above; null: everybody */
        required_level?: Id | null;
        start_time?: string;
        end_time?: string;
        max_participants?: number | null;
        benefits?: "double_points"[];
        next_action?: string;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activity_id: string;
            title: string;
            description: string;
            category: string;
            required_level: IdOutput | null;
            start_time: Instant;
            end_time: Instant;
            participation_count: number;
            max_participants: number | null;
            benefits: string[];
            next_action: string;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Remove an activity */
  deleteActivity: {
    parameters: {
      path: {
        /** The activity: `ACT` and a number */
        activity_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            activity_id: string;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List the benefits for their administration */
  pageBenefits: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            benefits: ({
              benefit_id: string;
              benefit_name: string;
              benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
              /** DISCOUNT: the part that is paid; null: what the member’s level pays */
              value: number | null;
              /** {discount} stands for the discount as Chinese shops say it: 9 */
              description: string;
              /** Members of this level and above; null: everybody */
              required_level: IdOutput | null;
              usage_limit: number | null;
              /** When the count of uses begins anew; null: never */
              limit_period: "year" | "month" | null;
              is_active: boolean;
              created_at: Instant;
              updated_at: Instant;
            })[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Define a benefit */
  createBenefit: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        benefit_name: string;
        benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
        /** DISCOUNT: the part that is paid; null: what the member’s level pays */
        value?: number | null;
        description?: string;
        /** Members of this level and above; null: everybody */
        required_level?: Id | null;
        usage_limit?: number | null;
        /** When the count of uses begins anew; null: never */
        limit_period?: "year" | "month" | null;
        is_active?: boolean;
        /** Kept as it was given; case makes no other code of it */
        benefit_id: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            benefit_id: string;
            benefit_name: string;
            benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
            /** DISCOUNT: the part that is paid; null: what the member’s level pays */
            value: number | null;
            /** {discount} stands for the discount as Chinese shops say it: 9 */
            description: string;
            /** Members of this level and above; null: everybody */
            required_level: IdOutput | null;
            usage_limit: number | null;
            /** When the count of uses begins anew; null: never */
            limit_period: "year" | "month" | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show a benefit */
  getBenefit: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        benefit_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            benefit_id: string;
            benefit_name: string;
            benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
            /** DISCOUNT: the part that is paid; null: what the member’s level pays */
            value: number | null;
            /** {discount} stands for the discount as Chinese shops say it: 9 */
            description: string;
            /** Members of this level and above; null: everybody */
            required_level: IdOutput | null;
            usage_limit: number | null;
            /** When the count of uses begins anew; null: never */
            limit_period: "year" | "month" | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Change a benefit */
  updateBenefit: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        benefit_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        benefit_name?: string;
        /** DISCOUNT: the part that is paid; null: what the member’s level pays */
        value?: number | null;
        /** {discount} stands for the discount as Chinese shops say it: 9 */
        description?: string;
        /** Members of this level and above; null: everybody */
        required_level?: Id | null;
        usage_limit?: number | null;
        /** When the count of uses begins anew; null: never */
        limit_period?: "year" | "month" | null;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            benefit_id: string;
            benefit_name: string;
            benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
            /** DISCOUNT: the part that is paid; null: what the member’s level pays */
            value: number | null;
            /** {discount} stands for the discount as Chinese shops say it: 9 */
            description: string;
            /** Members of this level and above; null: everybody */
            required_level: IdOutput | null;
            usage_limit: number | null;
            /** When the count of uses begins anew; null: never */
            limit_period: "year" | "month" | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Remove a benefit; its uses stay on record */
  deleteBenefit: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        benefit_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            benefit_id: string;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List the member levels for their administration */
  pageMemberLevels: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            levels: MemberLevel[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Define a member level */
  createMemberLevel: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        level_name: string;
        /** Kept as it was given; case makes no other code of it */
        level_code: string;
        /** At most two decimals */
        required_spent: number;
        discount_rate?: number;
        point_multiplier?: number;
        benefits?: {
          free_shipping?: boolean;
          birthday_gift?: boolean;
          priority_service?: boolean;
          exclusive_events?: boolean;
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: MemberLevel;
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show a member level */
  getMemberLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: MemberLevel;
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Change a member level */
  updateMemberLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        level_name?: string;
        /** Kept as it was given; case makes no other code of it */
        level_code?: string;
        /** At most two decimals */
        required_spent?: number;
        discount_rate?: number;
        point_multiplier?: number;
        benefits?: {
          free_shipping?: boolean;
          birthday_gift?: boolean;
          priority_service?: boolean;
          exclusive_events?: boolean;
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: MemberLevel;
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Remove a member level */
  deleteMemberLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            level_id: IdOutput;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show the level of a member, what it spent, and why a level was set by hand */
  getMembership: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            user_id: IdOutput;
            level: {
              level_id: IdOutput;
              level_name: string;
              level_code: string;
              discount_rate: number;
              point_multiplier: number;
            };
            /** A level that was set by hand: a floor until it is set again */
            level_set_by_hand: {
              /** What setting it answered */
              operation_id: string;
              level_id: IdOutput;
              level_name: string;
              reason: string | null;
              /** A note of the caller’s */
              operator: string | null;
              /** The member who did it; null where a system did */
              operator_id: IdOutput | null;
              set_at: Instant;
            } | null;
            /** When a member below its level loses one step, where the tenant downgrades so */
            level_review_at: Instant | null;
            statistics: {
              /** At most two decimals */
              total_spent: number;
              total_orders: number;
            };
            benefits: LevelBenefits;
            next_level: {
              level_name: string;
              /** At most two decimals */
              required_spent: number;
              /** At most two decimals */
              remaining_spent: number;
              progress_percentage: number;
            } | null;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Give or take points of many members at once */
  batchPoints: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        operation_type: "EARN" | "USE";
        reason: string;
        operator?: string;
        users: {
          user_id: Id;
          points: number;
          note?: string;
        }[];
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            batch_id: string;
            total_users: number;
            successful_count: number;
            failed_count: number;
            /** Of the rows that succeeded */
            total_points: number;
            results: ({
              user_id: IdOutput;
              status: "success" | "failed";
              transaction_id: string | null;
              points: number;
              error?: {
                code: string;
                message: string;
              } | null;
            })[];
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List the redemption items */
  listRedemptionItems: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            items: ({
              redemption_item_id: string;
              item_name: string;
              description: string;
              points_cost: number;
              stock: number;
              per_member_limit: number | null;
              needs_delivery: boolean;
              delivery_days: number;
              is_active: boolean;
              created_at: Instant;
              updated_at: Instant;
            })[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Offer an item for points */
  createRedemptionItem: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        item_name: string;
        description?: string;
        points_cost: number;
        stock: number;
        per_member_limit?: number | null;
        needs_delivery?: boolean;
        delivery_days?: number;
        is_active?: boolean;
        /** Kept as it was given; case makes no other code of it */
        redemption_item_id: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_item_id: string;
            item_name: string;
            description: string;
            points_cost: number;
            stock: number;
            per_member_limit: number | null;
            needs_delivery: boolean;
            delivery_days: number;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show a redemption item */
  getRedemptionItem: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        item_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_item_id: string;
            item_name: string;
            description: string;
            points_cost: number;
            stock: number;
            per_member_limit: number | null;
            needs_delivery: boolean;
            delivery_days: number;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Change a redemption item */
  updateRedemptionItem: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        item_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        item_name?: string;
        description?: string;
        points_cost?: number;
        stock?: number;
        per_member_limit?: number | null;
        needs_delivery?: boolean;
        delivery_days?: number;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_item_id: string;
            item_name: string;
            description: string;
            points_cost: number;
            stock: number;
            per_member_limit: number | null;
            needs_delivery: boolean;
            delivery_days: number;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Withdraw a redemption item */
  deleteRedemptionItem: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        item_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_item_id: string;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List redemptions, newest first */
  listRedemptions: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        /** Only those in this state */
        status?: "requested" | "shipped" | "completed" | "cancelled";
        /** Only those of this user */
        user_id?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemptions: ({
              redemption_id: string;
              user_id: IdOutput;
              redemption_item_id: string;
              item_name: string;
              quantity: number;
              points_cost: number;
              status: "requested" | "shipped" | "completed" | "cancelled";
              delivery_address: {
                name: string;
                phone: string;
                address: string;
              } | null;
              estimated_delivery: Day | null;
              tracking_code: string | null;
              reason: string | null;
              created_at: Instant;
              updated_at: Instant;
            })[];
            next_cursor?: string | null;
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show a redemption */
  getRedemption: {
    parameters: {
      path: {
        /** The redemption: `RED` and a number */
        redemption_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            user_id: IdOutput;
            redemption_item_id: string;
            item_name: string;
            quantity: number;
            points_cost: number;
            status: "requested" | "shipped" | "completed" | "cancelled";
            delivery_address: {
              name: string;
              phone: string;
              address: string;
            } | null;
            estimated_delivery: Day | null;
            tracking_code: string | null;
            reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Cancel a redemption: points and stock go back */
  cancelRedemption: {
    parameters: {
      path: {
        /** The redemption: `RED` and a number */
        redemption_id: string;
      };
    };
    requestBody: { content: {
      "application/json": {
        reason: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            user_id: IdOutput;
            redemption_item_id: string;
            item_name: string;
            quantity: number;
            points_cost: number;
            status: "requested" | "shipped" | "completed" | "cancelled";
            delivery_address: {
              name: string;
              phone: string;
              address: string;
            } | null;
            estimated_delivery: Day | null;
            tracking_code: string | null;
            reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Mark a redemption as received */
  completeRedemption: {
    parameters: {
      path: {
        /** The redemption: `RED` and a number */
        redemption_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            user_id: IdOutput;
            redemption_item_id: string;
            item_name: string;
            quantity: number;
            points_cost: number;
            status: "requested" | "shipped" | "completed" | "cancelled";
            delivery_address: {
              name: string;
              phone: string;
              address: string;
            } | null;
            estimated_delivery: Day | null;
            tracking_code: string | null;
            reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Take back what was received: its points go back */
  returnRedemption: {
    parameters: {
      path: {
        /** The redemption: `RED` and a number */
        redemption_id: string;
      };
    };
    requestBody: { content: {
      "application/json": {
        reason: string;
        restock?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            user_id: IdOutput;
            redemption_item_id: string;
            item_name: string;
            quantity: number;
            points_cost: number;
            status: "requested" | "shipped" | "completed" | "cancelled";
            delivery_address: {
              name: string;
              phone: string;
              address: string;
            } | null;
            estimated_delivery: Day | null;
            tracking_code: string | null;
            reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Mark a redemption as sent */
  shipRedemption: {
    parameters: {
      path: {
        /** The redemption: `RED` and a number */
        redemption_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        tracking_code?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            user_id: IdOutput;
            redemption_item_id: string;
            item_name: string;
            quantity: number;
            points_cost: number;
            status: "requested" | "shipped" | "completed" | "cancelled";
            delivery_address: {
              name: string;
              phone: string;
              address: string;
            } | null;
            estimated_delivery: Day | null;
            tracking_code: string | null;
            reason: string | null;
            created_at: Instant;
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** The members by level, and their growth and points day by day */
  getMemberStatistics: {
    parameters: {
      query?: {
        /** A time that ends today */
        date_range?: "7d" | "30d" | "90d" | "365d";
        /** What a row is of */
        group_by?: "level";
        metrics?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            /** Time of the newest event that is counted; null before the first */
            as_of: string | null;
            tz: string;
            date_from: Day;
            date_to: Day;
            overview: {
              total_members: number;
              active_members: number;
              new_members_this_month: number;
              total_points_issued: number;
              total_points_redeemed: number;
            };
            level_distribution: {
              level_name: string;
              count?: number;
              /** Per cent of all members, one decimal */
              percentage?: number;
              /** At most two decimals */
              avg_spent?: number;
              avg_points?: number;
            }[];
            trends?: {
              member_growth: {
                date: Day;
                new_members: number;
                upgraded_members: number;
              }[];
              points_activity: {
                date: Day;
                points_earned: number;
                points_used: number;
              }[];
            };
            previous?: {
              date_from: Day;
              date_to: Day;
              trends?: {
                member_growth: {
                  date: Day;
                  new_members: number;
                  upgraded_members: number;
                }[];
                points_activity: {
                  date: Day;
                  points_earned: number;
                  points_used: number;
                }[];
              };
            };
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show the benefits of one’s own level */
  listAvailableBenefits: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            current_level: string;
            benefits: ({
              benefit_id: string;
              benefit_name: string;
              benefit_type: "DISCOUNT" | "FREE_SHIPPING" | "BIRTHDAY_GIFT" | "GIFT" | "SERVICE";
              value: number;
              description: string;
              usage_limit: number | null;
              used_count: number;
              valid_until: Day | null;
            })[];
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Use a benefit of a member for an order */
  useBenefit: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        user_id: Id;
        benefit_id: string;
        /** Of the shop’s own making; a number is known by its digits */
        order_id: string | number;
        usage_context?: {
          /** At most two decimals */
          original_amount: number;
          /** At most two decimals */
          discount_applied?: number;
          /** At most two decimals */
          shipping_fee?: number;
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            usage_id: string;
            benefit_name: string;
            /** At most two decimals */
            discount_amount: number;
            remaining_usage: number | null;
            used_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show the member levels of a tenant */
  listMemberLevels: {
    parameters: {
      query?: {
        /** Code of the tenant */
        tenant?: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            levels: MemberLevel[];
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Set the level of a member by hand */
  setMemberLevel: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        user_id: Id;
        target_level_id: Id;
        reason?: string | null;
        operator?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            old_level: string;
            new_level: string;
            effective_time: Instant;
            operation_id: string;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Give a member points for what it did */
  earnMemberPoints: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        user_id: Id;
        event_type: string;
        points: number;
        description?: string | null;
        related_order?: string | number | null;
        related_data?: Record<string, unknown> | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            transaction_id: string;
            points_earned: number;
            total_points: number;
            expiry_date: Day | null;
            level_upgraded: boolean;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Redeem points for an item */
  redeemPoints: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        redemption_item_id: string;
        quantity?: number;
        delivery_address?: {
          name: string;
          phone: string;
          address: string;
        } | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            redemption_id: string;
            item_name: string;
            points_cost: number;
            remaining_points: number;
            estimated_delivery: Day | null;
            tracking_code: string | null;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** List one’s own points, newest first */
  listPointsTransactions: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        limit?: number;
        /** `next_cursor` of the page before: goes on behind it, whatever was written meanwhile and however deep; not together with `page`, and in the same order */
        cursor?: string;
        /** Only those of this type */
        type?: "ALL" | "EARN" | "USE" | "ADJUST" | "EXPIRE";
        /** First day, as the tenant counts days */
        start_date?: string;
        /** Last day, included */
        end_date?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            transactions: ({
              transaction_id: string;
              type: "EARN" | "USE" | "ADJUST" | "EXPIRE";
              event_type: string;
              points: number;
              description: string;
              related_order: string | null;
              created_at: Instant;
              expiry_date: Day | null;
            })[];
            next_cursor?: string | null;
            summary: {
              total_earned: number;
              total_used: number;
              current_balance: number;
            };
            pagination: CodePagination;
            [name: string]: unknown;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Pay part of an order with points */
  useMemberPoints: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        user_id: Id;
        points_to_use: number;
        /** Above 0, at most two decimals */
        order_amount: number;
        /** Of the shop’s own making; a number is known by its digits */
        order_id: string | number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            transaction_id: string;
            points_used: number;
            /** At most two decimals */
            discount_amount: number;
            remaining_points: number;
            /** At most two decimals */
            final_amount: number;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Show one’s own membership: level, points, spending, benefits */
  getMemberProfile: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            member_id: string;
            user_id: IdOutput;
            nickname: string | null;
            birthday: Day | null;
            preferences: {
              notification_email: boolean;
              notification_sms: boolean;
              marketing_consent: boolean;
              /** Whether other members see this one on the leaderboards; it is ranked either way. True unless set */
              show_on_leaderboards: boolean;
            };
            level: {
              level_id: IdOutput;
              level_name: string;
              level_code: string;
              discount_rate: number;
              point_multiplier: number;
            };
            points: {
              total_points: number;
              available_points: number;
              frozen_points: number;
              expiring_points: number;
              expiring_date: Day | null;
            };
            statistics: {
              /** At most two decimals */
              total_spent: number;
              total_orders: number;
              join_date: Day;
              last_active: Instant;
            };
            benefits: LevelBenefits;
            next_level: {
              level_name: string;
              /** At most two decimals */
              required_spent: number;
              /** At most two decimals */
              remaining_spent: number;
              progress_percentage: number;
            } | null;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Change what a member says about itself */
  updateMemberProfile: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        nickname?: string | null;
        birthday?: string | null;
        preferences?: {
          notification_email?: boolean;
          notification_sms?: boolean;
          marketing_consent?: boolean;
          /** Whether other members see this one on the leaderboards; it is ranked either way. True unless set */
          show_on_leaderboards?: boolean;
        };
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            updated_fields: string[];
            updated_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Tell what a member did elsewhere */
  takeWebhook: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        event_type: "ORDER_COMPLETED";
        event_data: {
          user_id: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id: string | number;
          /** At most two decimals */
          order_amount: number;
          payment_time?: Instant | null;
          items?: Record<string, unknown>[];
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      } | {
        event_type: "ORDER_REFUNDED";
        event_data: {
          user_id?: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id: string | number;
          /** Of the shop’s own making; a number is known by its digits */
          refund_id?: string | number;
          /** Left out: all that is left of the order */
          refund_amount?: number;
          reason?: string | null;
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      } | {
        event_type: "MEMBER_REGISTERED";
        event_data: {
          user_id: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id?: string | number;
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      } | {
        event_type: "MEMBER_LOGIN";
        event_data: {
          user_id: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id?: string | number;
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      } | {
        event_type: "REVIEW_POSTED";
        event_data: {
          user_id: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id?: string | number;
          /** Of the shop’s own making; a number is known by its digits */
          review_id?: string | number;
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      } | {
        event_type: "REFERRAL_COMPLETED";
        event_data: {
          user_id: Id;
          /** Of the shop’s own making; a number is known by its digits */
          order_id?: string | number;
          referred_user_id?: Id;
          [name: string]: unknown;
        };
        timestamp: string;
        /** Hex HMAC-SHA256 of `timestamp.event_type.` and the canonical JSON of `event_data` */
        signature?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          code: 200;
          /** A sentence for people */
          message: string;
          data: {
            processed_actions: ({
              action: "points_earned";
              points: number;
              transaction_id: string | null;
              /** The award rule that gave them */
              rule_id?: IdOutput;
            } | {
              action: "points_skipped";
              /** The code of what stood against it; not tried again */
              reason: string;
              rule_id?: IdOutput;
            } | {
              action: "points_taken_back";
              points: number;
              /** What could not be taken: the next earnings pay it */
              owed_points: number;
              transaction_id: string | null;
            } | {
              action: "points_given_back";
              points: number;
              transaction_id: string | null;
            } | {
              action: "refund_kept";
              /** null: the whole order */
              refund_amount: number | null;
            } | {
              action: "benefit_returned";
              benefit_id: string;
              usage_id: string;
            } | {
              action: "login_counted";
              consecutive_days: number;
            } | {
              action: "level_check";
              level_changed: boolean;
              current_level: string | null;
            })[];
            processed_at: Instant;
          };
          timestamp: string;
        };
      } };
      default: { content: { "application/json": CodeError } };
    };
  };
  /** Members of the tenant */
  listMembers: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        ids?: string;
        /** Only those with this role */
        role?: "member" | "admin";
        /** Only what is active, or not */
        is_active?: boolean;
        /** Only the one with this username */
        username?: string;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: Member[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add a member or administrator */
  createMember: {
    parameters: {};
    requestBody: { content: {
      "application/json": NewMember;
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Member;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Import members from CSV or NDJSON, at most 1,000 rows */
  importMembers: {
    parameters: {};
    requestBody: { content: {
      "text/csv": string;
      "application/csv": string;
      "application/vnd.ms-excel": string;
      "text/tab-separated-values": string;
      "application/x-ndjson": string;
      "application/ndjson": string;
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            import_id: string;
            /** In which the file was read, such as utf-8 or gb18030 */
            encoding: string;
            total: number;
            created: number;
            failed: number;
            rows: ({
              /** From 1, blank rows counted; a CSV’s header does not count */
              row: number;
              username: string | null;
              status: "created" | "failed";
              member_id: number | null;
              errors: Record<string, string[]> | null;
            })[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The tenant’s mailer, or an administrator, takes the token of a link, once */
  fetchPasswordLink: {
    parameters: {
      path: {
        /** Id of the link to choose a password */
        link_id: string;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            /** No secret: the token of the link is had for it by service credentials or an administrator alone */
            link_id: string;
            /** `invitation`: the member has no password yet */
            kind: "invitation" | "reset";
            expires_at: Instant;
            /** Goes into the link; shown this once */
            token: string;
            member_id: IdOutput;
            username: string;
            email: string;
            display_name: string;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One member */
  getMember: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Member;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a member; another role, password or `is_active: false` ends its sessions */
  updateMember: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        email?: string;
        display_name?: string;
        role?: "member" | "admin";
        is_active?: boolean;
        external_id?: string | null;
        password?: string;
        old_password?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Member;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Deactivate a member: within a second its tokens are worth nothing, its password links end. `is_active: true` brings it back */
  deactivateMember: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Erase a member’s personal data; nothing brings it back */
  eraseMember: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Member;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Invite a member to choose a password, or have a link made for a new one */
  makePasswordLink: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: PasswordLink;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Turn the second factor of another administrator off, who has lost it; ends every session of that one */
  resetSecondFactor: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Open sessions of a member */
  listMemberSessions: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: Session[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End one session of a member */
  endMemberSession: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        session_id: string;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** OpenAPI 3.1 document of all services */
  openapiDocument: {
    parameters: {
      query?: {
        /** Language of the document; by `Accept-Language` unless given, else Chinese */
        lang?: "zh" | "en";
      };
    };
    responses: {
      200: { content: {
        "application/json": Record<string, unknown>;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List plans */
  listPlans: {
    parameters: {
      query?: {
        /** Only those of this product */
        product_id?: number;
        /** Only what is active, or not */
        is_active?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ({
              id: IdOutput;
              product_id: IdOutput;
              name: string;
              description: string;
              features: Record<string, unknown>;
              default_limits: {
                max_activations: number;
                max_concurrent_devices: number | null;
                expires_days: number | null;
              };
              policy: {
                device_identity: "id_and_fingerprint" | "id";
                new_devices_limit: number | null;
                new_devices_days: number;
                validation_mode: "block" | "warn";
                grace_days: number;
                renews_from: "now" | "end";
                lease_minutes: number | null;
                offline_days: number;
              };
              is_active: boolean;
              created_at: Instant;
              updated_at: Instant;
            })[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add a plan to a product */
  createPlan: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        product_id: Id;
        name: string;
        description?: string;
        features?: Record<string, unknown>;
        default_limits?: {
          max_activations?: number;
          max_concurrent_devices?: number | null;
          expires_days?: number | null;
        };
        policy?: {
          device_identity?: "id_and_fingerprint" | "id";
          new_devices_limit?: number | null;
          new_devices_days?: number;
          validation_mode?: "block" | "warn";
          grace_days?: number;
          renews_from?: "now" | "end";
          lease_minutes?: number | null;
          offline_days?: number;
        };
        is_active?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            product_id: IdOutput;
            name: string;
            description: string;
            features: Record<string, unknown>;
            default_limits: {
              max_activations: number;
              max_concurrent_devices: number | null;
              expires_days: number | null;
            };
            policy: {
              device_identity: "id_and_fingerprint" | "id";
              new_devices_limit: number | null;
              new_devices_days: number;
              validation_mode: "block" | "warn";
              grace_days: number;
              renews_from: "now" | "end";
              lease_minutes: number | null;
              offline_days: number;
            };
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One plan */
  getPlan: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            product_id: IdOutput;
            name: string;
            description: string;
            features: Record<string, unknown>;
            default_limits: {
              max_activations: number;
              max_concurrent_devices: number | null;
              expires_days: number | null;
            };
            policy: {
              device_identity: "id_and_fingerprint" | "id";
              new_devices_limit: number | null;
              new_devices_days: number;
              validation_mode: "block" | "warn";
              grace_days: number;
              renews_from: "now" | "end";
              lease_minutes: number | null;
              offline_days: number;
            };
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a plan: the fields that are sent; licences that exist keep their limits */
  updatePlan: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        description?: string;
        features?: Record<string, unknown>;
        default_limits?: {
          max_activations?: number;
          max_concurrent_devices?: number | null;
          expires_days?: number | null;
        };
        policy?: {
          device_identity?: "id_and_fingerprint" | "id";
          new_devices_limit?: number | null;
          new_devices_days?: number;
          validation_mode?: "block" | "warn";
          grace_days?: number;
          renews_from?: "now" | "end";
          lease_minutes?: number | null;
          offline_days?: number;
        };
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            product_id: IdOutput;
            name: string;
            description: string;
            features: Record<string, unknown>;
            default_limits: {
              max_activations: number;
              max_concurrent_devices: number | null;
              expires_days: number | null;
            };
            policy: {
              device_identity: "id_and_fingerprint" | "id";
              new_devices_limit: number | null;
              new_devices_days: number;
              validation_mode: "block" | "warn";
              grace_days: number;
              renews_from: "now" | "end";
              lease_minutes: number | null;
              offline_days: number;
            };
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Retire a plan */
  deletePlan: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End what is due now, in the whole tenant */
  expirePoints: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          profiles: number;
          is_complete: boolean;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List the holds of all members */
  listTenantHolds: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those of this member */
        member?: number;
        /** Only those in this state */
        status?: "held" | "captured" | "released" | "expired";
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: Hold[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Spend held points */
  captureHold: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        points_amount?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          status: "held" | "captured" | "released" | "expired";
          captured_points: number;
          released_points: number;
          record_id: IdOutput | null;
          new_total_points: number;
          remaining_points: number;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Give held points back */
  releaseHold: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          status: "held" | "captured" | "released" | "expired";
          captured_points: number;
          released_points: number;
          record_id: IdOutput | null;
          new_total_points: number;
          remaining_points: number;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List points records */
  listPointsRecords: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** `next_cursor` of the page before: goes on behind it, whatever was written meanwhile and however deep; not together with `page`, and in the same order */
        cursor?: string;
        /** Only those of this member */
        member?: number;
        /** Only movements of this kind */
        point_type?: "earn" | "spend" | "adjust" | "expire";
        /** Only those of this category */
        category?: string;
        /** Only those in this state */
        status?: "active" | "expired" | "cancelled";
        /** Only what was done by hand, or by itself */
        is_manual?: boolean;
        /** Only those of this source */
        source_type?: string;
        /** Only those of this batch */
        batch_id?: string;
        /** Only what was made at this time or later */
        created_at__gte?: string;
        /** Only what was made at this time or earlier */
        created_at__lte?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: PointsRecord[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Count points records by type, category and status */
  summarizePointsRecords: {
    parameters: {
      query?: {
        /** Only those of this member */
        member?: number;
        /** Only movements of this kind */
        point_type?: "earn" | "spend" | "adjust" | "expire";
        /** Only those of this category */
        category?: string;
        /** Only those in this state */
        status?: "active" | "expired" | "cancelled";
        /** Only what was done by hand, or by itself */
        is_manual?: boolean;
        /** Only those of this source */
        source_type?: string;
        /** Only those of this batch */
        batch_id?: string;
        /** Only what was made at this time or later */
        created_at__gte?: string;
        /** Only what was made at this time or earlier */
        created_at__lte?: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          total_records: number;
          by_type: {
            earn: number;
            spend: number;
            adjust: number;
            expire: number;
          };
          by_category: Record<string, number>;
          by_status: {
            active: number;
            expired: number;
            cancelled: number;
          };
          total_points_flow: {
            earned: number;
            spent: number;
            net: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show a points record */
  getPointsRecord: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": PointsRecord;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Undo a points record by an opposite one */
  cancelPointsRecord: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        reason: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          /** The opposite record; null when nothing could be moved */
          record_id: IdOutput | null;
          cancelled_record_id: IdOutput;
          /** Signed: what the opposite record moves */
          points_reversed: number;
          /** What could not be taken back now */
          points_owed: number;
          new_total_points: number;
          remaining_points: number;
          level_change: {
            upgraded: boolean;
            previous_level: string | null;
            current_level: string | null;
          };
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List points profiles */
  listProfiles: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those of this level */
        current_level?: number;
        /** Only those whose points are enabled, or not */
        is_points_enabled?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: Profile[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show a points profile */
  getProfile: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": Profile;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Enable or disable points, set the multiplier */
  updateProfile: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        is_points_enabled?: boolean;
        points_multiplier?: number | string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": Profile;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Move points by hand, up or down */
  adjustPoints: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        points_amount: number;
        is_negative?: boolean;
        category?: string;
        subcategory?: string | null;
        reason: string;
        source_type?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          record_id: IdOutput;
          new_total_points: number;
          remaining_points: number;
          level_change: {
            upgraded: boolean;
            previous_level: string | null;
            current_level: string | null;
          };
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The balance of a profile at a moment */
  getBalance: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** A moment; now unless given */
        at?: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          member: IdOutput;
          at: Instant;
          total_points: number;
          available_points: number;
          frozen_points: number;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Recompute the level now */
  checkProfileLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          level_change: {
            upgraded: boolean;
            previous_level: string | null;
            current_level: string | null;
          };
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add points to a profile */
  earnPoints: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        points_amount: number;
        category: string;
        subcategory?: string | null;
        reason?: string | null;
        expires_at?: string | null;
        source_type?: string;
        source_id?: number | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          record_id: IdOutput;
          new_total_points: number;
          level_change: {
            upgraded: boolean;
            previous_level: string | null;
            current_level: string | null;
          };
          applied_multiplier: number;
          actual_points_added: number;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Which points of a profile end on which day */
  getExpiringPoints: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** How many days */
        days?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          member: IdOutput;
          days: number;
          /** What ends within these days */
          total_points: number;
          by_day: {
            date: Day;
            points: number;
          }[];
          next_expiry_at: Instant | null;
          /** Points that never end */
          without_end: number;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List the holds of a profile */
  listHolds: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those in this state */
        status?: "held" | "captured" | "released" | "expired";
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: Hold[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Freeze points of a profile */
  placeHold: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        points_amount: number;
        category: string;
        reason?: string | null;
        expires_at?: string;
        source_type?: string;
        source_id?: number | null;
      };
    } };
    responses: {
      201: { content: {
        "application/json": Hold;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show what a member may do, and where each permission comes from */
  getProfilePermissions: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          user_id: IdOutput;
          tenant_id: IdOutput;
          base_permissions: Record<string, boolean | number | string | null>;
          level_permissions: Record<string, boolean | number | string | null>;
          vip_tag_permissions: Record<string, Record<string, unknown>>;
          effective_permissions: Record<string, boolean | number | string | null>;
          permission_calculation: {
            base_discount: number;
            level_discount: number;
            vip_bonus: number;
            final_discount: number;
          };
          /** Of each quota what the level gives, and by what each tag multiplies it */
          quota_calculation: Record<string, {
              level_quota: number;
              multipliers: Record<string, number>;
              final_quota: number;
            }>;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Use up some of a quota */
  consumeQuota: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
        /** Name of the quota */
        name: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        amount?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          limit: number;
          used: number;
          remaining: number;
          resets_at: Instant | null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Set the level by hand */
  setProfileLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        level_id: Id | null;
        reason: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          level_change: {
            upgraded: boolean;
            previous_level: string | null;
            current_level: string | null;
          };
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Take points from a profile */
  spendPoints: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        points_amount: number;
        category: string;
        subcategory?: string | null;
        reason?: string | null;
        source_type?: string;
        source_id?: number | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          record_id: IdOutput;
          new_total_points: number;
          remaining_points: number;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The records of a profile in their order, with the running balance */
  getStatement: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** First day, as the tenant counts days */
        date_from?: string;
        /** Last day, included */
        date_to?: string;
        /** What the answer is written in */
        format?: "json" | "csv" | "ndjson";
        /** `next_cursor` of the page before: what comes after it */
        cursor?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          member: IdOutput;
          date_from: Day;
          date_to: Day;
          opening_balance: number;
          closing_balance: number;
          entries: StatementEntry[];
          next_cursor: string | null;
        };
        "text/csv": string;
        "application/x-ndjson": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Sum up a profile over some days */
  getProfileSummary: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** How many days */
        days?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": ProfileSummary;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Give points to another member */
  transferPoints: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        to_member: Id;
        points_amount: number;
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          record_id: IdOutput;
          to_member: IdOutput;
          points_transferred: number;
          new_total_points: number;
          remaining_points: number;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Events that rules may name, with the fields that conditions can look at */
  listRuleEvents: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: RuleEvent[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List award rules */
  listRules: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        ids?: string;
        /** Only those of this type of event */
        event_type?: "member.created.v1" | "member.logged_in.v1" | "assignment.created.v1" | "assignment.activated.v1" | "device.bound.v1" | "vip.granted.v1" | "vip.renewed.v1" | "feedback.opened.v1" | "MEMBER_REGISTERED" | "MEMBER_LOGIN" | "REVIEW_POSTED" | "REFERRAL_COMPLETED";
        /** Only what is active, or not */
        is_active?: boolean;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: AwardRule[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Define an award rule */
  createRule: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        event_type: "member.created.v1" | "member.logged_in.v1" | "assignment.created.v1" | "assignment.activated.v1" | "device.bound.v1" | "vip.granted.v1" | "vip.renewed.v1" | "feedback.opened.v1" | "MEMBER_REGISTERED" | "MEMBER_LOGIN" | "REVIEW_POSTED" | "REFERRAL_COMPLETED";
        conditions?: ({
          field: string;
          operator: "eq" | "ne";
          value: string | number | boolean | null;
        } | {
          field: string;
          operator: "in";
          value: (string | number)[];
        } | {
          field: string;
          operator: "gte" | "lte";
          value: number;
        } | {
          field: string;
          operator: "multiple_of";
          value: number;
        })[];
        /** Fixed points; null where `per_amount` says how many */
        points?: number | null;
        /** `points` for each `amount` of a number in the data of the event, half up */
        per_amount?: {
          field: string;
          points: number;
          amount: number;
        } | null;
        /** In points before multipliers. An award that would pass one is skipped whole. Counted since the rule was made, also while it had none */
        caps?: {
          /** Points a member gets by this rule on one day of the tenant */
          per_day?: number | null;
          /** Points a member ever gets by this rule */
          per_member?: number | null;
          /** Points that all members together ever get by this rule */
          budget?: number | null;
        };
        category: string;
        subcategory?: string | null;
        reason?: string | null;
        valid_from?: string | null;
        valid_to?: string | null;
        order?: number;
        is_active?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": AwardRule;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Say what an event would award, and why */
  dryRunRules: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        event_type: "member.created.v1" | "member.logged_in.v1" | "assignment.created.v1" | "assignment.activated.v1" | "device.bound.v1" | "vip.granted.v1" | "vip.renewed.v1" | "feedback.opened.v1" | "MEMBER_REGISTERED" | "MEMBER_LOGIN" | "REVIEW_POSTED" | "REFERRAL_COMPLETED";
        data?: Record<string, unknown>;
        member?: Id;
        at?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          results: ({
            rule_id: IdOutput;
            rule_name: string;
            version: number;
            would_award: boolean;
            /** Before multipliers */
            points: number;
            /** What the member would get; null without a member */
            actual_points: number | null;
            category: string;
            /** Why not; empty when it would award */
            reasons: {
              code: string;
              message: string;
            }[];
          })[];
          /** Of the rules that would award, before multipliers */
          total_points: number;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show an award rule */
  getRule: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": AwardRule;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change an award rule */
  updateRule: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        event_type?: "member.created.v1" | "member.logged_in.v1" | "assignment.created.v1" | "assignment.activated.v1" | "device.bound.v1" | "vip.granted.v1" | "vip.renewed.v1" | "feedback.opened.v1" | "MEMBER_REGISTERED" | "MEMBER_LOGIN" | "REVIEW_POSTED" | "REFERRAL_COMPLETED";
        conditions?: ({
          field: string;
          operator: "eq" | "ne";
          value: string | number | boolean | null;
        } | {
          field: string;
          operator: "in";
          value: (string | number)[];
        } | {
          field: string;
          operator: "gte" | "lte";
          value: number;
        } | {
          field: string;
          operator: "multiple_of";
          value: number;
        })[];
        /** Fixed points; null where `per_amount` says how many */
        points?: number | null;
        /** `points` for each `amount` of a number in the data of the event, half up */
        per_amount?: {
          field: string;
          points: number;
          amount: number;
        } | null;
        /** In points before multipliers. An award that would pass one is skipped whole. Counted since the rule was made, also while it had none */
        caps?: {
          /** Points a member gets by this rule on one day of the tenant */
          per_day?: number | null;
          /** Points a member ever gets by this rule */
          per_member?: number | null;
          /** Points that all members together ever get by this rule */
          budget?: number | null;
        };
        category?: string;
        subcategory?: string | null;
        reason?: string | null;
        valid_from?: string | null;
        valid_to?: string | null;
        order?: number;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": AwardRule;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Remove an award rule */
  deleteRule: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show the points settings */
  getPointsSettings: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          /** Days that earned points last when the earning does not say; null: for ever */
          default_expiry_days: number | null;
          /** Asked points a day, by category; a category that is left out has no limit */
          daily_limits: Record<string, number>;
          own_earning_categories: string[];
          own_spending_categories: string[];
          level_policy: {
            /** What user levels count: the total, or all ever earned */
            basis: "total" | "earned";
            downgrade: "none" | "recompute" | "one_step";
            /** one_step: days from one look at a profile that is below its level to the next */
            review_days: number;
          };
          hold_lifetime_minutes: number;
          points_earned_per_currency_unit: number;
          points_redeemed_per_currency_unit: number;
          transfers_enabled: boolean;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change the points settings */
  updatePointsSettings: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        /** Days that earned points last when the earning does not say; null: for ever */
        default_expiry_days?: number | null;
        /** Asked points a day, by category; a category that is left out has no limit */
        daily_limits?: Record<string, number>;
        own_earning_categories?: string[];
        own_spending_categories?: string[];
        level_policy?: {
          /** What user levels count: the total, or all ever earned */
          basis: "total" | "earned";
          downgrade: "none" | "recompute" | "one_step";
          /** one_step: days from one look at a profile that is below its level to the next */
          review_days: number;
        };
        hold_lifetime_minutes?: number;
        points_earned_per_currency_unit?: number;
        points_redeemed_per_currency_unit?: number;
        transfers_enabled?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          /** Days that earned points last when the earning does not say; null: for ever */
          default_expiry_days: number | null;
          /** Asked points a day, by category; a category that is left out has no limit */
          daily_limits: Record<string, number>;
          own_earning_categories: string[];
          own_spending_categories: string[];
          level_policy: {
            /** What user levels count: the total, or all ever earned */
            basis: "total" | "earned";
            downgrade: "none" | "recompute" | "one_step";
            /** one_step: days from one look at a profile that is below its level to the next */
            review_days: number;
          };
          hold_lifetime_minutes: number;
          points_earned_per_currency_unit: number;
          points_redeemed_per_currency_unit: number;
          transfers_enabled: boolean;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List the user levels of the tenant */
  listUserLevels: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only what is active, or not */
        is_active?: boolean;
        /** Only the default, or the others */
        is_default?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: UserLevel[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Define a user level */
  createUserLevel: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        level_name: string;
        /** Kept as it was given; case makes no other code of it */
        level_code: string;
        level_order: number;
        min_points: number;
        max_points?: number | null;
        permissions?: {
          discount_rate?: number;
          [name: string]: number | boolean | number | string | null | undefined;
        };
        quota_config?: Record<string, number>;
        level_color?: string;
        level_icon?: string;
        level_description?: string;
        is_active?: boolean;
        is_default?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": UserLevel;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Show a user level */
  getUserLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": UserLevel;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Replace a user level */
  replaceUserLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        level_name: string;
        /** Kept as it was given; case makes no other code of it */
        level_code: string;
        level_order: number;
        min_points: number;
        max_points?: number | null;
        permissions?: {
          discount_rate?: number;
          [name: string]: number | boolean | number | string | null | undefined;
        };
        quota_config?: Record<string, number>;
        level_color?: string;
        level_icon?: string;
        level_description?: string;
        is_active?: boolean;
        is_default?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": UserLevel;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a user level */
  updateUserLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        level_name?: string;
        /** Kept as it was given; case makes no other code of it */
        level_code?: string;
        level_order?: number;
        min_points?: number;
        max_points?: number | null;
        permissions?: {
          discount_rate?: number;
          [name: string]: number | boolean | number | string | null | undefined;
        };
        quota_config?: Record<string, number>;
        level_color?: string;
        level_icon?: string;
        level_description?: string;
        is_active?: boolean;
        is_default?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": UserLevel;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Remove a user level */
  deleteUserLevel: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List tag definitions */
  listUserTypeTags: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only tags of this type */
        tag_type?: TagType;
        /** Only what is active, or not */
        is_active?: boolean;
        /** Only what can be assigned, or cannot */
        is_assignable?: boolean;
        /** Only what must be paid for, or need not */
        requires_payment?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: TagDefinition[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One tag definition */
  getUserTypeTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": TagDefinition;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List products */
  listProducts: {
    parameters: {
      query?: {
        /** Only those of this application */
        application_id?: number;
        /** Only what is active, or not */
        is_active?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: ({
              id: IdOutput;
              name: string;
              version: string;
              description: string;
              application_id: IdOutput | null;
              is_active: boolean;
              created_at: Instant;
              updated_at: Instant;
            })[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Add a product */
  createProduct: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        name: string;
        version?: string;
        description?: string;
        application_id?: Id | null;
        is_active?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            name: string;
            version: string;
            description: string;
            application_id: IdOutput | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One product */
  getProduct: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            name: string;
            version: string;
            description: string;
            application_id: IdOutput | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
            plan_count: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a product: the fields that are sent */
  updateProduct: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        version?: string;
        description?: string;
        application_id?: Id | null;
        is_active?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            id: IdOutput;
            name: string;
            version: string;
            description: string;
            application_id: IdOutput | null;
            is_active: boolean;
            created_at: Instant;
            updated_at: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Retire a product */
  deleteProduct: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** ReDoc */
  redocPage: {
    parameters: {
      query?: {
        /** Language of the document; by `Accept-Language` unless given, else Chinese */
        lang?: "zh" | "en";
      };
    };
    responses: {
      200: { content: {
        "text/html": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Report on assignments that end soon */
  reportExpiryAlerts: {
    parameters: {
      query?: {
        /** Ends within so many days */
        alert_days?: number;
        /** What the answer is written in */
        format?: "json" | "csv";
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            alert_days: number;
            summary: {
              critical: number;
              warning: number;
              notice: number;
              /** A count stopped at 10,000 */
              is_estimate?: true;
            };
            results: ({
              id: IdOutput;
              member: {
                id: IdOutput;
                username: string | null;
                email: string | null;
              };
              license: {
                id: IdOutput;
                license_key: string;
                product_name: string;
                plan_name: string;
              };
              status: "assigned" | "active" | "suspended" | "revoked" | "expired";
              assigned_at: Instant;
              activated_at: Instant | null;
              expires_at: Instant | null;
              assignment_type: "direct" | "user_request" | "group_assign";
              assignment_reason: string | null;
              days_until_expiry: number | null;
              license_quota: {
                max_activations: number;
                current_activations: number;
                available_slots: number;
              };
              severity: "critical" | "warning" | "notice";
            })[];
            page_info: PageInfo;
          };
        };
        "text/csv": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Report on the use of licences */
  reportLicenseUsage: {
    parameters: {
      query?: {
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
        /** Only those of this product */
        product_id?: number;
        /** First day, as the tenant counts days */
        date_from?: Day;
        /** Last day, included */
        date_to?: Day;
        /** What a row is of */
        group_by?: "product" | "plan" | "user" | "date";
        /** What the answer is written in */
        format?: "json" | "csv";
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            group_by: "product" | "plan" | "user" | "date";
            date_from: Day;
            date_to: Day;
            rows: ({
              key: IdOutput | Day;
              label: string;
              assignments: number;
              activations: number;
              active_devices: number;
              usage_hours: number;
            })[];
            totals: {
              assignments: number;
              activations: number;
              active_devices: number;
              usage_hours: number;
            };
            page_info: {
              current_page: number;
              total_pages: number;
              page_size: number;
            } | null;
          };
        };
        "text/csv": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Report on the activity of members */
  reportUserActivity: {
    parameters: {
      query?: {
        /** First day, as the tenant counts days */
        date_from?: Day;
        /** Last day, included */
        date_to?: Day;
        ordering?: string;
        /** What the answer is written in */
        format?: "json" | "csv";
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            date_from: Day;
            date_to: Day;
            summary: {
              members: number;
              active_members: number;
              inactive_members: number;
              /** A count stopped at 10,000 */
              is_estimate?: true;
            };
            results: ({
              member: {
                id: IdOutput;
                username: string | null;
                email: string | null;
              };
              is_active: boolean;
              last_used_at: Instant | null;
              open_assignments: number;
              bound_devices: number;
              activations: number;
              usage_hours: number;
            })[];
            page_info: PageInfo;
          };
        };
        "text/csv": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Secrets that lie sealed in the database: how many, with which key */
  listSealedSecrets: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: SealedSecrets[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Seal anew with the present key: repeat it until `remaining` is 0 */
  resealSecrets: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        limit?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: ResealedSecrets;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Security settings of the tenant */
  getSecuritySettings: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SecuritySettings;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change the security settings of the tenant; what is left out stays */
  updateSecuritySettings: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        admin_second_factor?: "optional" | "required";
        allowed_origins?: string[];
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: SecuritySettings;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Applications: articles, feedback, licences */
  getApplicationStatistics: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          total: number;
          by_status: {
            development: number;
            testing: number;
            active: number;
            maintenance: number;
            deprecated: number;
            archived: number;
            inactive: number;
          };
          /** Articles that were not deleted, drafts too */
          articles: number;
          published_articles: number;
          open_feedback: number;
          closed_feedback: number;
          /** Active licences */
          licenses: number;
          /** Assignments that are active */
          active_assignments: number;
          period: {
            articles_written: number;
            feedback_opened: number;
            feedback_closed: number;
          };
          applications: {
            application_id: IdOutput;
            name: string;
            code: string;
            status: string;
            /** Articles that were not deleted, drafts too */
            articles: number;
            published_articles: number;
            open_feedback: number;
            closed_feedback: number;
            /** Active licences */
            licenses: number;
            /** Assignments that are active */
            active_assignments: number;
            period: {
              articles_written: number;
              feedback_opened: number;
              feedback_closed: number;
            };
            /** With `compare=previous` alone */
            previous?: {
              period: {
                articles_written: number;
                feedback_opened: number;
                feedback_closed: number;
              };
            };
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            period: {
              articles_written: number;
              feedback_opened: number;
              feedback_closed: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The daily signed anchors of the audit trail, the newest first */
  listAuditAnchors: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: AuditAnchor[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The audit trail of a tenant: every event */
  listEvents: {
    parameters: {
      query?: {
        /** A type of event; `*` stands for any part: `points.earned.v1`, `points.*` */
        type?: string;
        /** Only those of this member */
        member_id?: number;
        /** Who caused it: `user:12`, `client:<name>`, `system:<service>` */
        actor?: string;
        /** First day, as the tenant counts days */
        date_from?: string | Day;
        /** Last day, included */
        date_to?: string | Day;
        tz?: string;
        ordering?: string;
        /** `next_cursor` of the page before: what comes after it */
        cursor?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          results: EventEntry[];
          /** Null where nothing follows */
          next_cursor: string | null;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What led to an event, and what came of it */
  getEventChain: {
    parameters: {
      path: {
        /** Id of the event */
        event_id: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          event: EventEntry;
          causes: EventEntry[];
          effects: EventEntry[];
          is_complete: boolean;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A report, or the audit trail, as a file */
  exportStatistics: {
    parameters: {
      query: {
        /** Which report */
        report: "overview" | "points_summary" | "points_trends" | "points_categories" | "points_liability" | "points_breakage" | "levels_distribution" | "levels_changes" | "members_growth" | "members_active" | "members_retention" | "member_statistics" | "vip_summary" | "vip_churn" | "vip_purchases" | "licenses_summary" | "applications_summary" | "leaderboards" | "leaderboard_periods" | "events" | "audit_anchors";
        /** `csv`, or a JSON object a line (`ndjson`) */
        format?: "csv" | "ndjson";
        /** A type of event; `*` stands for any part: `points.earned.v1`, `points.*` */
        type?: string;
        /** Only those of this member */
        member_id?: number;
        /** Who caused it: `user:12`, `client:<name>`, `system:<service>` */
        actor?: string;
        /** First day; of `events` a moment, too. Unless given, as in the report’s endpoint */
        date_from?: string | Day;
        /** Last day, included; of `events` a moment, too */
        date_to?: string | Day;
        tz?: string;
        /** How long a row is, `day` unless given; weeks begin on Monday. Of points_trends, members_growth and members_active (which has no `hour`), none of which has `quarter` or `year`; of members_retention how long a cohort is: `week` (unless given) or `month`; of points_liability and points_breakage `month` (unless given), `quarter` or `year` */
        interval?: "hour" | "day" | "week" | "month" | "quarter" | "year";
        /** `previous`: beside each figure that of the period before, in columns `previous.…`. Of points_summary, points_trends, points_categories, points_breakage, levels_changes, members_growth, members_active, members_retention, member_statistics, vip_summary, vip_churn, vip_purchases, licenses_summary, applications_summary alone */
        compare?: "previous";
        /** How many months, 36 unless given. Of vip_churn alone */
        months?: number;
        /** How many weeks or months after joining (members_retention: at most 52, as unless given), how many rows (points_liability: as its endpoint). Of points_liability, members_retention alone */
        periods?: number;
        /** Of member_statistics alone */
        date_range?: "7d" | "30d" | "90d" | "365d";
        /** Of member_statistics alone */
        group_by?: "level";
        /** Of member_statistics alone */
        metrics?: string;
        /** Of leaderboards, leaderboard_periods alone */
        metric?: "earned" | "balance" | "spent" | "activations";
        /** Of leaderboards, leaderboard_periods alone */
        window?: "day" | "week" | "month" | "all";
        /** Of leaderboards alone */
        period?: string;
        /** The `cursor` of the last line that came. Of leaderboards and events alone */
        cursor?: string;
      };
    };
    responses: {
      200: { content: {
        "text/csv": string;
        "application/x-ndjson": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A leaderboard */
  listLeaderboard: {
    parameters: {
      query?: {
        /** What is ranked: points `earned` or `spent` (adjustments by their sign, reversals taken off), points that members have (`balance`), assignments activated for the first time (`activations`) */
        metric?: "earned" | "balance" | "spent" | "activations";
        window?: "day" | "week" | "month" | "all";
        /** Which window: `2026-11-28`, `2026-W48` or `2026-11`; the present one unless given */
        period?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          as_of: Instant | null;
          tz: string;
          metric: "earned" | "balance" | "spent" | "activations";
          window: "day" | "week" | "month" | "all";
          period: string;
          starts_at: Instant | null;
          ends_at: Instant | null;
          /** Null of a window that is over, and of `all` */
          resets_at: Instant | null;
          results: ({
            rank: number;
            /** Null of a member that is private */
            member_id: IdOutput | null;
            display_name: string | null;
            score: number;
          })[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One’s own rank, and who stands around it */
  getOwnRank: {
    parameters: {
      query?: {
        /** What is ranked: points `earned` or `spent` (adjustments by their sign, reversals taken off), points that members have (`balance`), assignments activated for the first time (`activations`) */
        metric?: "earned" | "balance" | "spent" | "activations";
        window?: "day" | "week" | "month" | "all";
        /** Which window: `2026-11-28`, `2026-W48` or `2026-11`; the present one unless given */
        period?: string;
        /** Which member; oneself unless given */
        member_id?: number;
        /** How many members before and after */
        around?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          as_of: Instant | null;
          tz: string;
          metric: "earned" | "balance" | "spent" | "activations";
          window: "day" | "week" | "month" | "all";
          period: string;
          starts_at: Instant | null;
          ends_at: Instant | null;
          /** Null of a window that is over, and of `all` */
          resets_at: Instant | null;
          /** Members on the board */
          count: number;
          member_id: IdOutput;
          rank: number | null;
          score: number;
          neighbours: ({
            rank: number;
            /** Null of a member that is private */
            member_id: IdOutput | null;
            display_name: string | null;
            score: number;
            is_me: boolean;
          })[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The windows of a leaderboard that are kept */
  listLeaderboardPeriods: {
    parameters: {
      query?: {
        /** What is ranked: points `earned` or `spent` (adjustments by their sign, reversals taken off), points that members have (`balance`), assignments activated for the first time (`activations`) */
        metric?: "earned" | "balance" | "spent" | "activations";
        window?: "day" | "week" | "month" | "all";
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          results: ({
            period: string;
            starts_at: Instant | null;
            ends_at: Instant | null;
            is_over: boolean;
            /** Members on the board */
            members: number;
          })[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Steps up and down the ladders in a period */
  getLevelChanges: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          user_levels: {
            upgrades: number;
            downgrades: number;
            flows: ({
              /** Null: from no level */
              from: {
                level_id: IdOutput;
                level_name: string;
              } | null;
              to: {
                level_id: IdOutput;
                level_name: string;
              };
              is_upgrade: boolean;
              changes: number;
            })[];
          };
          member_levels: {
            upgrades: number;
            downgrades: number;
            flows: ({
              /** Null: from no level */
              from: {
                level_id: IdOutput;
                level_name: string;
              } | null;
              to: {
                level_id: IdOutput;
                level_name: string;
              };
              is_upgrade: boolean;
              changes: number;
            })[];
          };
          previous?: {
            date_from: Day;
            date_to: Day;
            user_levels: {
              upgrades: number;
              downgrades: number;
              flows: ({
                /** Null: from no level */
                from: {
                  level_id: IdOutput;
                  level_name: string;
                } | null;
                to: {
                  level_id: IdOutput;
                  level_name: string;
                };
                is_upgrade: boolean;
                changes: number;
              })[];
            };
            member_levels: {
              upgrades: number;
              downgrades: number;
              flows: ({
                /** Null: from no level */
                from: {
                  level_id: IdOutput;
                  level_name: string;
                } | null;
                to: {
                  level_id: IdOutput;
                  level_name: string;
                };
                is_upgrade: boolean;
                changes: number;
              })[];
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How many members are at each level */
  getLevelDistribution: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          user_levels: {
            level_id: IdOutput;
            level_name: string;
            members: number;
            /** Per cent of all on this ladder, one decimal */
            percentage: number;
            /** Points that these members have now */
            points: number;
          }[];
          member_levels: {
            level_id: IdOutput;
            level_name: string;
            members: number;
            /** Per cent of all on this ladder, one decimal */
            percentage: number;
            /** Points that these members have now */
            points: number;
            /** At most two decimals */
            spent: number;
          }[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Licences: the funnel from issuing to use */
  getLicenseStatistics: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          licenses: {
            active: number;
            revoked: number;
            expired: number;
          };
          assignments: {
            assigned: number;
            active: number;
            suspended: number;
            revoked: number;
            expired: number;
          };
          funnel: {
            /** Licences issued, those that ended too */
            issued: number;
            /** Activations that active licences allow, in all */
            seats: number;
            /** Assignments, those that ended too */
            assigned: number;
            /** Assignments that were ever activated */
            activated: number;
            /** Assignments with usage reported of the last 30 days */
            used_in_30_days: number;
            /** Assignments with usage reported of the last 7 days */
            used_in_7_days: number;
          };
          period: {
            issued: number;
            assigned: number;
            activated: number;
            /** Assignments revoked */
            revoked: number;
            /** Assignments that ended */
            expired: number;
            /** Two decimals */
            usage_hours: number;
          };
          plans: ({
            product_id: IdOutput | null;
            product_name: string;
            plan_id: IdOutput;
            plan_name: string;
            licenses: {
              active: number;
              revoked: number;
              expired: number;
            };
            assignments: {
              assigned: number;
              active: number;
              suspended: number;
              revoked: number;
              expired: number;
            };
            funnel: {
              /** Licences issued, those that ended too */
              issued: number;
              /** Activations that active licences allow, in all */
              seats: number;
              /** Assignments, those that ended too */
              assigned: number;
              /** Assignments that were ever activated */
              activated: number;
              /** Assignments with usage reported of the last 30 days */
              used_in_30_days: number;
              /** Assignments with usage reported of the last 7 days */
              used_in_7_days: number;
            };
            period: {
              issued: number;
              assigned: number;
              activated: number;
              /** Assignments revoked */
              revoked: number;
              /** Assignments that ended */
              expired: number;
              /** Two decimals */
              usage_hours: number;
            };
            /** With `compare=previous` alone */
            previous?: {
              period: {
                issued: number;
                assigned: number;
                activated: number;
                /** Assignments revoked */
                revoked: number;
                /** Assignments that ended */
                expired: number;
                /** Two decimals */
                usage_hours: number;
              };
            };
          })[];
          previous?: {
            date_from: Day;
            date_to: Day;
            period: {
              issued: number;
              assigned: number;
              activated: number;
              /** Assignments revoked */
              revoked: number;
              /** Assignments that ended */
              expired: number;
              /** Two decimals */
              usage_hours: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Active members by day, week or month */
  getActiveMembers: {
    parameters: {
      query?: {
        /** First day; its whole week or month counts. The last 30 days, 12 weeks or 12 months unless given */
        date_from?: string;
        /** Last day; its whole week or month counts. Today unless given, or where it is later */
        date_to?: string;
        /** How long a row is. The period may have 366 days by day, 1098 by week or month */
        interval?: "day" | "week" | "month";
        /** `previous`: also as many stretches just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          /** The tenant’s zone, by which days, weeks and months are told */
          tz: string;
          interval: "day" | "week" | "month";
          date_from: Day;
          date_to: Day;
          active: {
            /** `2026-11-28`, `2026-W48` (ISO 8601, from Monday) or `2026-11` */
            period: string;
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            /** Members active in it, each once */
            active_members: number;
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            active: {
              /** `2026-11-28`, `2026-W48` (ISO 8601, from Monday) or `2026-11` */
              period: string;
              starts_at: Instant;
              ends_at: Instant;
              date: Day;
              /** Members active in it, each once */
              active_members: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How the number of members grew by hour, day, week or month */
  getMembersGrowth: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** How long a row is; weeks begin on Monday. The period may have 31 days by hour, 366 by day, 1098 by week or month */
        interval?: "hour" | "day" | "week" | "month";
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          interval: "hour" | "day" | "week" | "month";
          date_from: Day;
          date_to: Day;
          joined: number;
          deactivated: number;
          reactivated: number;
          growth: {
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            joined: number;
            deactivated: number;
            reactivated: number;
            /** Members at the end of the stretch */
            members: number;
            /** Those of them that were not deactivated */
            active_members: number;
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            joined: number;
            deactivated: number;
            reactivated: number;
            growth: {
              starts_at: Instant;
              ends_at: Instant;
              date: Day;
              joined: number;
              deactivated: number;
              reactivated: number;
              /** Members at the end of the stretch */
              members: number;
              /** Those of them that were not deactivated */
              active_members: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How many of those that joined in a week or month were active later */
  getMembersRetention: {
    parameters: {
      query?: {
        /** First day; its whole week or month counts. The last 30 days, 12 weeks or 12 months unless given */
        date_from?: string;
        /** Last day; its whole week or month counts. Today unless given, or where it is later */
        date_to?: string;
        /** How long a cohort is. The days of joining may be 366 by week, 1098 by month */
        interval?: "week" | "month";
        /** How many weeks or months after joining, at most */
        periods?: number;
        /** `previous`: also as many stretches just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          /** The tenant’s zone, by which days, weeks and months are told */
          tz: string;
          interval: "week" | "month";
          date_from: Day;
          date_to: Day;
          cohorts: {
            /** `2026-11-28`, `2026-W48` (ISO 8601, from Monday) or `2026-11` */
            period: string;
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            /** Members that joined in it */
            members: number;
            retention: {
              /** So many weeks or months after joining */
              after: number;
              active_members: number;
              /** Per cent of the cohort, one decimal */
              percentage: number;
              /** Whether that week or month has ended */
              is_over: boolean;
            }[];
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            cohorts: {
              /** `2026-11-28`, `2026-W48` (ISO 8601, from Monday) or `2026-11` */
              period: string;
              starts_at: Instant;
              ends_at: Instant;
              date: Day;
              /** Members that joined in it */
              members: number;
              retention: {
                /** So many weeks or months after joining */
                after: number;
                active_members: number;
                /** Per cent of the cohort, one decimal */
                percentage: number;
                /** Whether that week or month has ended */
                is_over: boolean;
              }[];
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A tenant at a glance */
  getStatsOverview: {
    parameters: {
      query?: {
        tz?: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          members: {
            total: number;
            active: number;
          };
          points: {
            issued: number;
            spent: number;
            expired: number;
            outstanding: number;
            records: number;
          };
          active_vips: number;
          licenses: {
            total: number;
            active: number;
            revoked: number;
            expired: number;
            /** Assignments that were activated, each once in its life */
            activations: number;
            assignments: {
              total: number;
              assigned: number;
              active: number;
              suspended: number;
              revoked: number;
              expired: number;
            };
          };
          today: {
            date: Day;
            new_members: number;
            logins: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_earned: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_spent: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_expired: number;
            activations: number;
            vip_granted: number;
          };
          yesterday: {
            date: Day;
            new_members: number;
            logins: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_earned: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_spent: number;
            /** Below 0 where more of an earlier time was undone in this one */
            points_expired: number;
            activations: number;
            vip_granted: number;
          };
          change_percent: {
            /** Per cent, one decimal; null when yesterday had none */
            new_members: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            logins: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            points_earned: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            points_spent: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            points_expired: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            activations: number | null;
            /** Per cent, one decimal; null when yesterday had none */
            vip_granted: number | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Points that ended unused, by the month in which they were earned */
  getPointsBreakage: {
    parameters: {
      query?: {
        /** First day; its whole month, quarter or year counts. The last 12 months, 8 quarters or 5 years unless given */
        date_from?: string;
        /** Last day; its whole month, quarter or year counts. Today unless given, or where it is later */
        date_to?: string;
        tz?: string;
        /** How long a row is; the period may have 3660 days */
        interval?: "month" | "quarter" | "year";
        /** `previous`: also as many rows just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          interval: "month" | "quarter" | "year";
          /** How many points are worth one unit of currency: `points_redeemed_per_currency_unit` of the tenant’s points settings, as it is now */
          points_per_currency_unit: number;
          date_from: Day;
          date_to: Day;
          totals: {
            /** Points that were earned in it, less what was taken back of them */
            earned: number;
            /** Those of them that were used */
            used: number;
            /** Those of them that ended unused */
            expired: number;
            /** Those of them that members have now */
            outstanding: number;
            /** Per cent of `earned`, one decimal */
            expired_percentage: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            expired_value: number;
          };
          breakage: {
            /** `2026-11`, `2026-Q4` or `2026` */
            period: string;
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            /** Points that were earned in it, less what was taken back of them */
            earned: number;
            /** Those of them that were used */
            used: number;
            /** Those of them that ended unused */
            expired: number;
            /** Those of them that members have now */
            outstanding: number;
            /** Per cent of `earned`, one decimal */
            expired_percentage: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            expired_value: number;
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            totals: {
              /** Points that were earned in it, less what was taken back of them */
              earned: number;
              /** Those of them that were used */
              used: number;
              /** Those of them that ended unused */
              expired: number;
              /** Those of them that members have now */
              outstanding: number;
              /** Per cent of `earned`, one decimal */
              expired_percentage: number;
              /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
              expired_value: number;
            };
            breakage: {
              /** `2026-11`, `2026-Q4` or `2026` */
              period: string;
              starts_at: Instant;
              ends_at: Instant;
              date: Day;
              /** Points that were earned in it, less what was taken back of them */
              earned: number;
              /** Those of them that were used */
              used: number;
              /** Those of them that ended unused */
              expired: number;
              /** Those of them that members have now */
              outstanding: number;
              /** Per cent of `earned`, one decimal */
              expired_percentage: number;
              /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
              expired_value: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What points were earned and spent for */
  getPointsCategories: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          categories: {
            category: string;
            /** Below 0 where more of an earlier time was undone in this one */
            earned: number;
            /** Below 0 where more of an earlier time was undone in this one */
            spent: number;
            /** Below 0 where more of an earlier time was undone in this one */
            expired: number;
            net: number;
            records: number;
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            categories: {
              category: string;
              /** Below 0 where more of an earlier time was undone in this one */
              earned: number;
              /** Below 0 where more of an earlier time was undone in this one */
              spent: number;
              /** Below 0 where more of an earlier time was undone in this one */
              expired: number;
              net: number;
              records: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Points that members have, by when they end, and what they are worth */
  getPointsLiability: {
    parameters: {
      query?: {
        tz?: string;
        /** How long a row is */
        interval?: "month" | "quarter" | "year";
        /** How many rows; unless given, up to the last in which points end, 120 at most */
        periods?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          interval: "month" | "quarter" | "year";
          /** How many points are worth one unit of currency: `points_redeemed_per_currency_unit` of the tenant’s points settings, as it is now */
          points_per_currency_unit: number;
          outstanding: {
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          };
          overdue: {
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          };
          expiring: {
            /** `2026-11`, `2026-Q4` or `2026` */
            period: string;
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          }[];
          later: {
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          };
          never: {
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          };
          undated: {
            /** Points */
            points: number;
            /** In money, of the tenant’s currency, each rounded half up to two decimals by itself */
            value: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Points earned, spent and expired in a period */
  getPointsSummary: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          /** Below 0 where more of an earlier time was undone in this one */
          earned: number;
          /** Below 0 where more of an earlier time was undone in this one */
          spent: number;
          /** Below 0 where more of an earlier time was undone in this one */
          expired: number;
          net: number;
          records: number;
          outstanding: number;
          previous?: {
            date_from: Day;
            date_to: Day;
            /** Below 0 where more of an earlier time was undone in this one */
            earned: number;
            /** Below 0 where more of an earlier time was undone in this one */
            spent: number;
            /** Below 0 where more of an earlier time was undone in this one */
            expired: number;
            net: number;
            records: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Points earned, spent and expired by hour, day, week or month */
  getPointsTrends: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** How long a row is; weeks begin on Monday. The period may have 31 days by hour, 366 by day, 1098 by week or month */
        interval?: "hour" | "day" | "week" | "month";
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          interval: "hour" | "day" | "week" | "month";
          date_from: Day;
          date_to: Day;
          trends: {
            starts_at: Instant;
            ends_at: Instant;
            date: Day;
            /** Below 0 where more of an earlier time was undone in this one */
            earned: number;
            /** Below 0 where more of an earlier time was undone in this one */
            spent: number;
            /** Below 0 where more of an earlier time was undone in this one */
            expired: number;
            net: number;
            records: number;
          }[];
          previous?: {
            date_from: Day;
            date_to: Day;
            trends: {
              starts_at: Instant;
              ends_at: Instant;
              date: Day;
              /** Below 0 where more of an earlier time was undone in this one */
              earned: number;
              /** Below 0 where more of an earlier time was undone in this one */
              spent: number;
              /** Below 0 where more of an earlier time was undone in this one */
              expired: number;
              net: number;
              records: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The overview as it changes (Server-Sent Events) */
  streamFigures: {
    parameters: {};
    responses: {
      200: { content: {
        "text/event-stream": string;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** VIP tags: how many there are, purchases, churn */
  getVipStatistics: {
    parameters: {
      query?: {
        /** First day; 29 days before `date_to` unless given */
        date_from?: string;
        /** Last day, included; today unless given */
        date_to?: string;
        tz?: string;
        /** `previous`: also the period of as many days just before */
        compare?: "previous";
        /** How many months of churn */
        months?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          /** Time of the newest event that is counted; null before the first */
          as_of: string | null;
          tz: string;
          date_from: Day;
          date_to: Day;
          vip_members: number;
          auto_renewing: number;
          by_status: {
            active: number;
            grace: number;
            suspended: number;
            expired: number;
            revoked: number;
          };
          granted: number;
          renewed: number;
          suspended: number;
          resumed: number;
          expired: number;
          revoked: number;
          purchases: {
            asked: number;
            /** Of these, started by an auto-renewal */
            asked_by_renewal: number;
            completed: number;
            failed: number;
            /** By the reason told, the most frequent first */
            failed_by_reason: {
              reason: string;
              purchases: number;
            }[];
            /** Points that the completed ones cost */
            points: number;
          };
          churn: ({
            /** A month of the zone */
            month: string;
            held_at_start: number;
            gained: number;
            lost: number;
            held_at_end: number;
            /** Lost, in per cent of those held at the start, one decimal; null where nobody held one */
            churn_percent: number | null;
          })[];
          tags: ({
            tag_id: IdOutput;
            tag_name: string;
            /** Null where it was never told */
            tag_code: string | null;
            is_retired: boolean;
            auto_renewing: number;
            by_status: {
              active: number;
              grace: number;
              suspended: number;
              expired: number;
              revoked: number;
            };
            granted: number;
            renewed: number;
            suspended: number;
            resumed: number;
            expired: number;
            revoked: number;
            churn: ({
              /** A month of the zone */
              month: string;
              held_at_start: number;
              gained: number;
              lost: number;
              held_at_end: number;
              /** Lost, in per cent of those held at the start, one decimal; null where nobody held one */
              churn_percent: number | null;
            })[];
            /** With `compare=previous` alone */
            previous?: {
              granted: number;
              renewed: number;
              suspended: number;
              resumed: number;
              expired: number;
              revoked: number;
              churn: ({
                /** A month of the zone */
                month: string;
                held_at_start: number;
                gained: number;
                lost: number;
                held_at_end: number;
                /** Lost, in per cent of those held at the start, one decimal; null where nobody held one */
                churn_percent: number | null;
              })[];
            };
          })[];
          previous?: {
            date_from: Day;
            date_to: Day;
            granted: number;
            renewed: number;
            suspended: number;
            resumed: number;
            expired: number;
            revoked: number;
            purchases: {
              asked: number;
              /** Of these, started by an auto-renewal */
              asked_by_renewal: number;
              completed: number;
              failed: number;
              /** By the reason told, the most frequent first */
              failed_by_reason: {
                reason: string;
                purchases: number;
              }[];
              /** Points that the completed ones cost */
              points: number;
            };
            churn: ({
              /** A month of the zone */
              month: string;
              held_at_start: number;
              gained: number;
              lost: number;
              held_at_end: number;
              /** Lost, in per cent of those held at the start, one decimal; null where nobody held one */
              churn_percent: number | null;
            })[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Plans of the platform */
  listTenantPlans: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: TenantPlan[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Set up a plan */
  createTenantPlan: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        /** Kept as it was given; case makes no other code of it */
        code: string;
        name: string;
        limits?: {
          member_per_minute?: number | null;
          admin_per_minute?: number | null;
          internal_per_minute?: number | null;
        };
        /** Requests of the tenant a day, in its zone; null: as many as it likes */
        requests_per_day?: number | null;
        /** Requests of the tenant that may be under way at once, streams aside; null: as many as it likes */
        concurrent_requests?: number | null;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TenantPlan;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One plan */
  getTenantPlan: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        plan_code: string;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TenantPlan;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a plan; what is left out stays, null is no bound or the platform’s default */
  updateTenantPlan: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        plan_code: string;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        limits?: {
          member_per_minute?: number | null;
          admin_per_minute?: number | null;
          internal_per_minute?: number | null;
        };
        /** Requests of the tenant a day, in its zone; null: as many as it likes */
        requests_per_day?: number | null;
        /** Requests of the tenant that may be under way at once, streams aside; null: as many as it likes */
        concurrent_requests?: number | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TenantPlan;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Remove a plan; 409 while tenants have it */
  deleteTenantPlan: {
    parameters: {
      path: {
        /** Kept as it was given; case makes no other code of it */
        plan_code: string;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Tenants */
  listTenants: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only what is active, or not */
        is_active?: boolean;
        /** Only the one with this code */
        code?: string;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: Tenant[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Set up a tenant; its webhook secret is shown this once */
  createTenant: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        /** Kept as it was given; case makes no other code of it */
        code: string;
        name: string;
        /** IANA name of the zone, such as Asia/Shanghai */
        timezone?: string;
        locale?: string;
        limits?: {
          member_per_minute?: number | null;
          admin_per_minute?: number | null;
          internal_per_minute?: number | null;
        };
        cell?: string | null;
        plan?: string | null;
        /** Hosts of its own that lead to the platform: a login there that names no tenant is one in this tenant */
        hosts?: string[];
        webhook_secret?: string;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: NewTenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One tenant */
  getTenant: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Tenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change a tenant; what is left out stays, a null limit is the plan’s or the platform’s default again */
  updateTenant: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        name?: string;
        /** IANA name of the zone, such as Asia/Shanghai */
        timezone?: string;
        locale?: string;
        limits?: {
          member_per_minute?: number | null;
          admin_per_minute?: number | null;
          internal_per_minute?: number | null;
        };
        cell?: string | null;
        plan?: string | null;
        /** Hosts of its own that lead to the platform: a login there that names no tenant is one in this tenant */
        hosts?: string[];
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Tenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Erase a tenant and all that is its own; nothing brings it back */
  eraseTenant: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        code: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Tenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Let a suspended tenant call again */
  resumeTenant: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Tenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A new webhook secret, shown this once; made here unless one is given */
  rotateWebhookSecret: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        secret?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            webhook_secret: string;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Suspend a tenant: within a second nobody of it may call */
  suspendTenant: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: Tenant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** The keys that sign tokens, the newest first */
  listTokenKeys: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: TokenKey[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Another key for tokens: nothing is restarted, and no token ends */
  rotateTokenKey: {
    parameters: {};
    requestBody?: { content: {
      "application/json": {
        signs_in_seconds?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TokenKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** End a key at once: within a second what it signed is worth nothing */
  withdrawTokenKey: {
    parameters: {
      path: {
        /** Name of the signing key */
        kid: string;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TokenKey;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Plan and usage of the tenant: today, and the last days */
  getUsage: {
    parameters: {
      query?: {
        /** How many days */
        days?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: TenantUsage;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** My licences */
  listMyLicenses: {
    parameters: {
      query?: {
        /** Only those in this state */
        status?: "assigned" | "active" | "suspended" | "revoked" | "expired";
        /** Only those of this product */
        product_id?: number;
        /** What has expired is listed, too */
        include_expired?: boolean;
        ordering?: string;
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: AssignmentRow[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Activate a licence on a device */
  activateLicense: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_info: {
          device_id: string;
          device_name?: string;
          hardware_fingerprint?: string;
          os_info?: {
            name?: string;
            version?: string;
          };
        };
        evict_oldest?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            activated_at: Instant;
            device: {
              device_id: string;
              device_name: string | null;
              bound_at: Instant;
              last_seen_at: Instant;
              status: "active" | "suspended";
            };
            evicted_device_id: string | null;
            lease_expires_at: Instant | null;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Check out a licence file for use offline */
  checkoutLicense: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_id: string;
        days?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            device_id: string;
            expires_at: Instant;
            file_name: string;
            license_file: {
              format: "membership-license/1";
              key_id: string;
              payload: string;
              signature: string;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Heartbeat of a device */
  heartbeat: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_id: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            device: {
              device_id: string;
              device_name: string | null;
              bound_at: Instant;
              last_seen_at: Instant;
              status: "active" | "suspended";
            };
            lease_expires_at: Instant | null;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Unbind one of my devices */
  unbindDevice: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_id: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            status: "assigned" | "active" | "suspended" | "revoked" | "expired";
            device_id: string;
            license_quota: {
              max_activations: number;
              current_activations: number;
              available_slots: number;
            };
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How my licence was used */
  getLicenseUsage: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            usage_stats: {
              total_usage_hours: number;
              last_7_days_usage: number;
              avg_daily_usage: number;
            };
            device_bindings: ({
              device_id: string;
              device_name: string | null;
              bound_at: Instant;
              last_seen_at: Instant;
              status: "active" | "suspended";
            })[];
            intervals: {
              device_id: string;
              started_at: Instant;
              ended_at: Instant;
              hours: number;
            }[];
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Report an interval of use */
  reportUsage: {
    parameters: {
      path: {
        /** Id of the assignment */
        assignment_id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        device_id: string;
        started_at: string;
        ended_at: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            assignment_id: IdOutput;
            interval: {
              device_id: string;
              started_at: Instant;
              ended_at: Instant;
              hours: number;
            };
            added_seconds: number;
            total_usage_hours: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Tags of members that end within some days, the soonest first */
  listExpiringTags: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** How many days */
        days?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: UserTag[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What a member’s tags are worth now */
  memberVipStatus: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": MemberVipStatus;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What my tags are worth now */
  myVipStatus: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": MemberVipStatus;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Purchases of tags */
  listPurchases: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those of this member */
        member?: number;
        /** Only those of this tag */
        tag?: number;
        /** Only those in this state */
        status?: VipPurchaseStatus;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: VipPurchase[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One purchase of a tag */
  getPurchase: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": VipPurchase;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Do what is due now, in the whole tenant */
  runDueWork: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          tags: number;
          purchases: number;
          renewals: number;
          is_complete: boolean;
          timestamp: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** How many tags members hold, by status and by tag */
  getVipSummary: {
    parameters: {};
    responses: {
      200: { content: {
        "application/json": VipSummary;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** List tag definitions */
  listTags: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only tags of this type */
        tag_type?: TagType;
        /** Only what is active, or not */
        is_active?: boolean;
        /** Only what can be assigned, or cannot */
        is_assignable?: boolean;
        /** Only what must be paid for, or need not */
        requires_payment?: boolean;
        /** What holds this text, in any case and spelling */
        search?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: TagDefinition[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Define a tag */
  defineTag: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        tag_name: string;
        /** Kept as it was given; case makes no other code of it */
        tag_code: string;
        tag_type?: TagType;
        tag_color?: string;
        tag_icon?: string;
        tag_description?: string;
        permission_modifiers?: {
          discount_rate_bonus?: number;
          [name: string]: number | boolean | undefined;
        };
        quota_modifiers?: Record<string, number>;
        price_config?: {
          monthly_price?: number | null;
          yearly_price?: number | null;
          currency?: string;
        } | null;
        default_duration_days?: number | null;
        max_duration_days?: number | null;
        tag_level?: number;
        is_active?: boolean;
        is_assignable?: boolean;
        requires_payment?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": TagDefinition;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One tag definition */
  getTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": TagDefinition;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Replace a tag definition */
  replaceTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        tag_name: string;
        /** Kept as it was given; case makes no other code of it */
        tag_code: string;
        tag_type?: TagType;
        tag_color?: string;
        tag_icon?: string;
        tag_description?: string;
        permission_modifiers?: {
          discount_rate_bonus?: number;
          [name: string]: number | boolean | undefined;
        };
        quota_modifiers?: Record<string, number>;
        price_config?: {
          monthly_price?: number | null;
          yearly_price?: number | null;
          currency?: string;
        } | null;
        default_duration_days?: number | null;
        max_duration_days?: number | null;
        tag_level?: number;
        is_active?: boolean;
        is_assignable?: boolean;
        requires_payment?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": TagDefinition;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change fields of a tag definition */
  changeTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        tag_name?: string;
        /** Kept as it was given; case makes no other code of it */
        tag_code?: string;
        tag_type?: TagType;
        tag_color?: string;
        tag_icon?: string;
        tag_description?: string;
        permission_modifiers?: {
          discount_rate_bonus?: number;
          [name: string]: number | boolean | undefined;
        };
        quota_modifiers?: Record<string, number>;
        price_config?: {
          monthly_price?: number | null;
          yearly_price?: number | null;
          currency?: string;
        } | null;
        default_duration_days?: number | null;
        max_duration_days?: number | null;
        tag_level?: number;
        is_active?: boolean;
        is_assignable?: boolean;
        requires_payment?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": TagDefinition;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Retire a tag */
  retireTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Buy a tag with one’s points */
  purchaseTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        pay_with: "points";
        duration_days?: number;
        auto_renew?: boolean;
      };
    } };
    responses: {
      202: { content: {
        "application/json": VipPurchase;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What a tag costs, and how long one would have it */
  quoteTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** For how many days */
        duration_days?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": TagQuote;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Tags that members hold or held */
  listUserTags: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those of this member */
        member?: number;
        /** Only those of this tag */
        tag?: number;
        /** Only those in this state */
        status?: UserTagStatus;
        /** Only what ends before this time, or by the end of this day */
        expires_before?: string | Day;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: UserTag[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Give many members a tag */
  batchGrantTag: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        member_ids: Id[];
        tag_id: Id;
        duration_days?: number;
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          total: number;
          successful_count: number;
          failed_count: number;
          results: ({
            index: number;
            member_id: IdOutput;
            status: "success" | "failed";
            user_tag_id?: IdOutput;
            expires_at?: Instant | null;
            error?: {
              code: string;
              message: string;
              details: Record<string, unknown>;
            };
          })[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Give a member a tag */
  grantTag: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        member_id: Id;
        tag_id: Id;
        duration_days?: number;
        reason?: string | null;
      };
    } };
    responses: {
      201: { content: {
        "application/json": UserTag;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One tag of a member */
  getUserTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": UserTag;
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Let a tag renew itself with the member’s points, or no longer */
  setAutoRenewal: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        auto_renew?: boolean;
        duration_days?: number;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          member_id: IdOutput;
          member_info: TagHolder;
          tag_id: IdOutput;
          tag_info: TagInfo;
          status: UserTagStatus;
          vip_status: VipStatus;
          granted_at: Instant;
          expires_at: Instant | null;
          grace_ends_at: Instant | null;
          suspended_at: Instant | null;
          revoked_at: Instant | null;
          auto_renew: boolean;
          renewal: UserTagRenewal | null;
          reason: string | null;
          created_at: Instant;
          updated_at: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What happened to a tag of a member, newest first */
  listUserTagHistory: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          count: number;
          /** true where `count` stands for "at least so many" */
          count_is_estimate?: boolean;
          /** Absolute URL, or null */
          next: string | null;
          /** Absolute URL, or null */
          previous: string | null;
          next_cursor?: string | null;
          results: UserTagHistoryEntry[];
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Extend a tag of a member */
  renewUserTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        duration_days?: number;
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          member_id: IdOutput;
          member_info: TagHolder;
          tag_id: IdOutput;
          tag_info: TagInfo;
          status: UserTagStatus;
          vip_status: VipStatus;
          granted_at: Instant;
          expires_at: Instant | null;
          grace_ends_at: Instant | null;
          suspended_at: Instant | null;
          revoked_at: Instant | null;
          auto_renew: boolean;
          renewal: UserTagRenewal | null;
          reason: string | null;
          created_at: Instant;
          updated_at: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Resume a suspended tag */
  resumeUserTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          member_id: IdOutput;
          member_info: TagHolder;
          tag_id: IdOutput;
          tag_info: TagInfo;
          status: UserTagStatus;
          vip_status: VipStatus;
          granted_at: Instant;
          expires_at: Instant | null;
          grace_ends_at: Instant | null;
          suspended_at: Instant | null;
          revoked_at: Instant | null;
          auto_renew: boolean;
          renewal: UserTagRenewal | null;
          reason: string | null;
          created_at: Instant;
          updated_at: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Take a tag away */
  revokeUserTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          member_id: IdOutput;
          member_info: TagHolder;
          tag_id: IdOutput;
          tag_info: TagInfo;
          status: UserTagStatus;
          vip_status: VipStatus;
          granted_at: Instant;
          expires_at: Instant | null;
          grace_ends_at: Instant | null;
          suspended_at: Instant | null;
          revoked_at: Instant | null;
          auto_renew: boolean;
          renewal: UserTagRenewal | null;
          reason: string | null;
          created_at: Instant;
          updated_at: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Suspend a tag: it gives nothing, its clock runs on */
  suspendUserTag: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        reason?: string | null;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message: string;
          id: IdOutput;
          member_id: IdOutput;
          member_info: TagHolder;
          tag_id: IdOutput;
          tag_info: TagInfo;
          status: UserTagStatus;
          vip_status: VipStatus;
          granted_at: Instant;
          expires_at: Instant | null;
          grace_ends_at: Instant | null;
          suspended_at: Instant | null;
          revoked_at: Instant | null;
          auto_renew: boolean;
          renewal: UserTagRenewal | null;
          reason: string | null;
          created_at: Instant;
          updated_at: Instant;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What was sent, is waiting, or failed; newest first */
  listWebhookDeliveries: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only those to this endpoint */
        endpoint_id?: number;
        /** Only those in this state */
        status?: "pending" | "delivered" | "failed";
        /** Only those of this type */
        type?: string;
        /** Only what was made after this time */
        created_after?: string;
        /** Only what was made before this time */
        created_before?: string;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: WebhookDelivery[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One delivery: what is sent, and every attempt */
  getWebhookDelivery: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: WebhookDeliveryDetail;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Send it again now, whatever became of it; the schedule of attempts begins anew */
  retryWebhookDelivery: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: WebhookDelivery;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Where the tenant’s events are sent */
  listWebhookEndpoints: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** Only what is enabled, or not */
        is_enabled?: boolean;
        ordering?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: WebhookEndpoint[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Send events to an address; the secret that signs them is shown this once */
  createWebhookEndpoint: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        url: string;
        description?: string;
        event_types: ("*" | "activity.*" | "activity.created.v1" | "activity.deleted.v1" | "activity.joined.v1" | "activity.updated.v1" | "api_key.*" | "api_key.created.v1" | "api_key.revoked.v1" | "api_key.rotated.v1" | "api_key.updated.v1" | "application.*" | "application.created.v1" | "application.deleted.v1" | "application.restored.v1" | "application.updated.v1" | "article.*" | "article.created.v1" | "article.deleted.v1" | "article.updated.v1" | "assignment.*" | "assignment.activated.v1" | "assignment.created.v1" | "assignment.expired.v1" | "assignment.resumed.v1" | "assignment.revoked.v1" | "assignment.suspended.v1" | "award_rule.*" | "award_rule.created.v1" | "award_rule.deleted.v1" | "award_rule.updated.v1" | "benefit.*" | "benefit.created.v1" | "benefit.deleted.v1" | "benefit.returned.v1" | "benefit.updated.v1" | "benefit.used.v1" | "client.*" | "client.created.v1" | "client.deleted.v1" | "client.secret_rotated.v1" | "device.*" | "device.bound.v1" | "device.unbound.v1" | "external_issuer.*" | "external_issuer.created.v1" | "external_issuer.deleted.v1" | "external_issuer.updated.v1" | "feedback.*" | "feedback.closed.v1" | "feedback.opened.v1" | "level.*" | "level.changed.v1" | "license.*" | "license.deleted.v1" | "license.expired.v1" | "license.issued.v1" | "license.key_rotated.v1" | "license.revoked.v1" | "license.updated.v1" | "license.usage_reported.v1" | "member.*" | "member.created.v1" | "member.deactivated.v1" | "member.erased.v1" | "member.imported.v1" | "member.logged_in.v1" | "member.password_changed.v1" | "member.password_link_fetched.v1" | "member.password_link_requested.v1" | "member.reactivated.v1" | "member.second_factor_changed.v1" | "member.session_ended.v1" | "member.updated.v1" | "member_level.*" | "member_level.changed.v1" | "member_level.created.v1" | "member_level.deleted.v1" | "member_level.updated.v1" | "member_preferences.*" | "member_preferences.changed.v1" | "order.*" | "order.completed.v1" | "order.refunded.v1" | "plan.*" | "plan.created.v1" | "plan.deleted.v1" | "plan.updated.v1" | "points.*" | "points.adjusted.v1" | "points.award_skipped.v1" | "points.captured.v1" | "points.earned.v1" | "points.expired.v1" | "points.held.v1" | "points.hold_rejected.v1" | "points.released.v1" | "points.reversed.v1" | "points.spent.v1" | "points.transferred.v1" | "points_settings.*" | "points_settings.updated.v1" | "product.*" | "product.created.v1" | "product.deleted.v1" | "product.updated.v1" | "profile.*" | "profile.created.v1" | "profile.lots_listed.v1" | "profile.updated.v1" | "quota.*" | "quota.consumed.v1" | "redemption.*" | "redemption.cancelled.v1" | "redemption.completed.v1" | "redemption.requested.v1" | "redemption.shipped.v1" | "redemption_item.*" | "redemption_item.created.v1" | "redemption_item.deleted.v1" | "redemption_item.updated.v1" | "tenant.*" | "tenant.created.v1" | "tenant.erased.v1" | "tenant.resumed.v1" | "tenant.security_changed.v1" | "tenant.suspended.v1" | "tenant.updated.v1" | "tenant.webhook_secret_rotated.v1" | "user_level.*" | "user_level.created.v1" | "user_level.deleted.v1" | "user_level.updated.v1" | "vip.*" | "vip.auto_renew_changed.v1" | "vip.expired.v1" | "vip.grace_started.v1" | "vip.granted.v1" | "vip.purchase_completed.v1" | "vip.purchase_failed.v1" | "vip.purchase_requested.v1" | "vip.renewed.v1" | "vip.resumed.v1" | "vip.revoked.v1" | "vip.suspended.v1" | "vip_tag.*" | "vip_tag.defined.v1" | "vip_tag.retired.v1" | "vip_tag.updated.v1" | "webhook_endpoint.*" | "webhook_endpoint.created.v1" | "webhook_endpoint.deleted.v1" | "webhook_endpoint.disabled.v1" | "webhook_endpoint.enabled.v1" | "webhook_endpoint.secret_rotated.v1" | "webhook_endpoint.updated.v1" | unknown)[];
        payload?: "full" | "thin";
        is_enabled?: boolean;
      };
    } };
    responses: {
      201: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: NewWebhookEndpoint;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** One endpoint */
  getWebhookEndpoint: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: WebhookEndpoint;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Change, disable or enable an endpoint; what is left out stays */
  updateWebhookEndpoint: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {
        url?: string;
        description?: string;
        event_types?: ("*" | "activity.*" | "activity.created.v1" | "activity.deleted.v1" | "activity.joined.v1" | "activity.updated.v1" | "api_key.*" | "api_key.created.v1" | "api_key.revoked.v1" | "api_key.rotated.v1" | "api_key.updated.v1" | "application.*" | "application.created.v1" | "application.deleted.v1" | "application.restored.v1" | "application.updated.v1" | "article.*" | "article.created.v1" | "article.deleted.v1" | "article.updated.v1" | "assignment.*" | "assignment.activated.v1" | "assignment.created.v1" | "assignment.expired.v1" | "assignment.resumed.v1" | "assignment.revoked.v1" | "assignment.suspended.v1" | "award_rule.*" | "award_rule.created.v1" | "award_rule.deleted.v1" | "award_rule.updated.v1" | "benefit.*" | "benefit.created.v1" | "benefit.deleted.v1" | "benefit.returned.v1" | "benefit.updated.v1" | "benefit.used.v1" | "client.*" | "client.created.v1" | "client.deleted.v1" | "client.secret_rotated.v1" | "device.*" | "device.bound.v1" | "device.unbound.v1" | "external_issuer.*" | "external_issuer.created.v1" | "external_issuer.deleted.v1" | "external_issuer.updated.v1" | "feedback.*" | "feedback.closed.v1" | "feedback.opened.v1" | "level.*" | "level.changed.v1" | "license.*" | "license.deleted.v1" | "license.expired.v1" | "license.issued.v1" | "license.key_rotated.v1" | "license.revoked.v1" | "license.updated.v1" | "license.usage_reported.v1" | "member.*" | "member.created.v1" | "member.deactivated.v1" | "member.erased.v1" | "member.imported.v1" | "member.logged_in.v1" | "member.password_changed.v1" | "member.password_link_fetched.v1" | "member.password_link_requested.v1" | "member.reactivated.v1" | "member.second_factor_changed.v1" | "member.session_ended.v1" | "member.updated.v1" | "member_level.*" | "member_level.changed.v1" | "member_level.created.v1" | "member_level.deleted.v1" | "member_level.updated.v1" | "member_preferences.*" | "member_preferences.changed.v1" | "order.*" | "order.completed.v1" | "order.refunded.v1" | "plan.*" | "plan.created.v1" | "plan.deleted.v1" | "plan.updated.v1" | "points.*" | "points.adjusted.v1" | "points.award_skipped.v1" | "points.captured.v1" | "points.earned.v1" | "points.expired.v1" | "points.held.v1" | "points.hold_rejected.v1" | "points.released.v1" | "points.reversed.v1" | "points.spent.v1" | "points.transferred.v1" | "points_settings.*" | "points_settings.updated.v1" | "product.*" | "product.created.v1" | "product.deleted.v1" | "product.updated.v1" | "profile.*" | "profile.created.v1" | "profile.lots_listed.v1" | "profile.updated.v1" | "quota.*" | "quota.consumed.v1" | "redemption.*" | "redemption.cancelled.v1" | "redemption.completed.v1" | "redemption.requested.v1" | "redemption.shipped.v1" | "redemption_item.*" | "redemption_item.created.v1" | "redemption_item.deleted.v1" | "redemption_item.updated.v1" | "tenant.*" | "tenant.created.v1" | "tenant.erased.v1" | "tenant.resumed.v1" | "tenant.security_changed.v1" | "tenant.suspended.v1" | "tenant.updated.v1" | "tenant.webhook_secret_rotated.v1" | "user_level.*" | "user_level.created.v1" | "user_level.deleted.v1" | "user_level.updated.v1" | "vip.*" | "vip.auto_renew_changed.v1" | "vip.expired.v1" | "vip.grace_started.v1" | "vip.granted.v1" | "vip.purchase_completed.v1" | "vip.purchase_failed.v1" | "vip.purchase_requested.v1" | "vip.renewed.v1" | "vip.resumed.v1" | "vip.revoked.v1" | "vip.suspended.v1" | "vip_tag.*" | "vip_tag.defined.v1" | "vip_tag.retired.v1" | "vip_tag.updated.v1" | "webhook_endpoint.*" | "webhook_endpoint.created.v1" | "webhook_endpoint.deleted.v1" | "webhook_endpoint.disabled.v1" | "webhook_endpoint.enabled.v1" | "webhook_endpoint.secret_rotated.v1" | "webhook_endpoint.updated.v1" | unknown)[];
        payload?: "full" | "thin";
        is_enabled?: boolean;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: WebhookEndpoint;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Remove an endpoint; its deliveries stay in the log until they are too old */
  deleteWebhookEndpoint: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Send a test message, once; read the delivery to see what became of it */
  pingWebhookEndpoint: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      202: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: WebhookDelivery;
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** Send the failed deliveries of a time again, oldest first */
  replayWebhookDeliveries: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody: { content: {
      "application/json": {
        from: string;
        to?: string;
      };
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            replayed: number;
            remaining: number;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** A new secret, shown this once; for 24 hours messages are signed with the old one, too */
  rotateWebhookEndpointSecret: {
    parameters: {
      path: {
        /** Id of what the path names */
        id: number;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            secret: string;
            previous_valid_until: Instant;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
  /** What an endpoint can ask for */
  listWebhookEventTypes: {
    parameters: {
      query?: {
        /** The page, from 1; past the last it is empty */
        page?: number;
        /** How many a page; above 100 counts as 100 */
        page_size?: number;
        /** What holds this text, in any case and spelling */
        search?: string;
        /** Only narrows: another tenant than one’s own matches nothing */
        tenant?: number;
        /** As `tenant` */
        tenant_id?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": {
          success: true;
          /** A sentence for people */
          message?: string;
          data: {
            count: number;
            /** true where `count` stands for "at least so many" */
            count_is_estimate?: boolean;
            /** Absolute URL, or null */
            next: string | null;
            /** Absolute URL, or null */
            previous: string | null;
            next_cursor?: string | null;
            results: WebhookEventType[];
            page_info: PageInfo;
          };
        };
      } };
      default: { content: { "application/json": DrfError } };
    };
  };
}

export type ActiveTag = {
  id: IdOutput;
  tag_name: string;
  tag_code: string;
  tag_type: string;
  tag_color: string;
  expires_at: Instant | null;
  status: string;
  vip_status: {
    is_active: boolean;
    is_expired: boolean;
    is_in_grace_period: boolean;
    days_until_expiry: number | null;
  };
};

export type ApiKey = {
  id: string;
  /** The part of the key that is no secret, to find it by in logs and settings */
  prefix: string;
  name: string;
  scopes: string[];
  limit_per_minute: number | null;
  status: "active" | "expired" | "revoked";
  expires_at: Instant | null;
  /** When it was last used, to about a minute */
  last_used_at: Instant | null;
  /** The secret before the last rotation: until when it works, and when it was last used */
  previous: {
    valid_until: Instant;
    last_used_at: Instant | null;
  } | null;
  /** Id of the member who made it */
  created_by: number | null;
  created_at: Instant;
  updated_at: Instant;
  revoked_at: Instant | null;
};

/** An error in the dialect `app` */
export type AppError = {
  success: false;
  /** 4000 and the last two digits of the status; 5000 from 500 on */
  code: number;
  /** A sentence for people */
  message: string;
  data: null;
  error_code: ErrorCode;
};

export type AppPagination = {
  count: number;
  /** true where `count` stands for "at least so many" */
  count_is_estimate?: boolean;
  /** Absolute URL, or null */
  next: string | null;
  /** Absolute URL, or null */
  previous: string | null;
  page_size: number;
  current_page: number;
  total_pages: number;
};

export type Application = {
  id: IdOutput;
  name: string;
  code: string;
  description: string | null;
  logo: string | null;
  website: string | null;
  contact_email: string | null;
  current_version: string;
  owner: string | null;
  team: string | null;
  status: ApplicationStatus;
  is_active: boolean;
  tags: string[];
  metadata: Record<string, unknown>;
  created_at: Instant;
  updated_at: Instant;
};

export type ApplicationDetail = {
  id: IdOutput;
  name: string;
  code: string;
  description: string | null;
  logo: string | null;
  website: string | null;
  contact_email: string | null;
  current_version: string;
  owner: string | null;
  team: string | null;
  status: ApplicationStatus;
  is_active: boolean;
  tags: string[];
  metadata: Record<string, unknown>;
  created_at: Instant;
  updated_at: Instant;
  license_count: number;
  feedback_count: number;
  article_count: number;
};

export type ApplicationRow = {
  id: IdOutput;
  name: string;
  code: string;
  description: string | null;
  logo: string | null;
  current_version: string;
  status: ApplicationStatus;
  is_active: boolean;
  created_at: Instant;
  updated_at: Instant;
};

export type ApplicationStatus = "development" | "testing" | "active" | "maintenance" | "deprecated" | "archived" | "inactive";

export type Article = {
  id: IdOutput;
  title: string;
  slug: string;
  excerpt: string;
  author_info: Person | null;
  status: ArticleStatus;
  created_at: Instant;
  updated_at: Instant;
  application_id: IdOutput;
  content: string;
};

export type ArticleRow = {
  id: IdOutput;
  title: string;
  slug: string;
  excerpt: string;
  author_info: Person | null;
  status: ArticleStatus;
  created_at: Instant;
  updated_at: Instant;
};

export type ArticleStatus = "draft" | "published" | "archived";

export type AssignmentRow = {
  id: IdOutput;
  member: {
    id: IdOutput;
    username: string | null;
    email: string | null;
  };
  license: {
    id: IdOutput;
    license_key: string;
    product_name: string;
    plan_name: string;
  };
  status: "assigned" | "active" | "suspended" | "revoked" | "expired";
  assigned_at: Instant;
  activated_at: Instant | null;
  expires_at: Instant | null;
  assignment_type: "direct" | "user_request" | "group_assign";
  assignment_reason: string | null;
  days_until_expiry: number | null;
  license_quota: {
    max_activations: number;
    current_activations: number;
    available_slots: number;
  };
};

export type AuditAnchor = {
  tenant_id: IdOutput;
  day: string;
  /** How many entries the chain has by then */
  number: number;
  hash: string;
  /** The signature of the anchor before */
  previous: string | null;
  signed_at: Instant;
  /** The thumbprint of the public key (RFC 7638) */
  kid: string;
  /** The public key, as a JWK’s `x` */
  public_key: string | null;
  signature: string;
};

export type AwardRule = {
  id: IdOutput;
  /** Grows with each change */
  version: number;
  name: string;
  event_type: string;
  conditions: ({
    field: string;
    operator: "eq" | "ne" | "in" | "gte" | "lte" | "multiple_of";
    value: string | number | boolean | null | (string | number)[];
  })[];
  points: number | null;
  per_amount: {
    field: string;
    points: number;
    amount: number;
  } | null;
  caps: {
    per_day: number | null;
    per_member: number | null;
    budget: number | null;
  };
  category: string;
  subcategory: string | null;
  reason: string | null;
  valid_from: Instant | null;
  valid_to: Instant | null;
  order: number;
  is_active: boolean;
  created_at: Instant;
  updated_at: Instant;
};

/** An error in the dialect `code` */
export type CodeError = {
  /** The HTTP status */
  code: number;
  /** A sentence for people */
  message: string;
  /** `errors` names wrong fields */
  data: Record<string, unknown>;
  error_code: ErrorCode;
  timestamp: string;
};

export type CodePagination = {
  page: number;
  limit: number;
  total: number;
  total_pages: number;
};

export type Credentials = {
  username: string;
  password: string;
  tenant?: string | number;
};

/** A calendar day in the tenant’s zone */
export type Day = string;

export type DeadLetter = {
  /** Id of the event; of a message that is none, made of its bytes */
  id: string;
  /** Null where it is no event */
  type: string | null;
  tenant_id: IdOutput | null;
  routing_key: string;
  /** `unreadable`; `failed`: each attempt did; `delivery_limit`: processes ended with it in hand */
  reason: string;
  error: string | null;
  retries: number;
  first_failed_at: Instant | null;
  parked_at: Instant | null;
};

export type DeadLetterCounts = {
  services: ({
    /** gateway, points, vip, licenses, applications, stats; of a cell: points@cell */
    service: string;
    /** Null: the service or its broker did not answer */
    parked: number | null;
  })[];
};

export type DeadLetterDetails = {
  /** Id of the event; of a message that is none, made of its bytes */
  id: string;
  /** Null where it is no event */
  type: string | null;
  tenant_id: IdOutput | null;
  routing_key: string;
  /** `unreadable`; `failed`: each attempt did; `delivery_limit`: processes ended with it in hand */
  reason: string;
  error: string | null;
  retries: number;
  first_failed_at: Instant | null;
  parked_at: Instant | null;
  /** Where it failed last */
  stack: string | null;
  /** The event; as text where it is no JSON */
  body: unknown;
};

/** An error in the dialects `drf` and `data` */
export type DrfError = {
  success: false;
  error: {
    code: ErrorCode;
    /** A sentence for people */
    message: string;
    /** For VALIDATION_ERROR: field → sentences */
    details: Record<string, unknown>;
  };
  timestamp: string;
  request_id: string;
};

/** What a client decides by */
export type ErrorCode = "AUTH_001" | "AUTH_002" | "AUTH_003" | "BAD_GATEWAY" | "BIZ_001" | "BIZ_002" | "BIZ_003" | "CONFLICT" | "DAILY_LIMIT_EXCEEDED" | "GATEWAY_TIMEOUT" | "HEADERS_TOO_LARGE" | "IDEMPOTENCY_CONFLICT" | "INSUFFICIENT_POINTS" | "INVALID_STATE" | "MALFORMED_JSON" | "MEMBER_LIMIT_REACHED" | "METHOD_NOT_ALLOWED" | "OUTCOME_UNKNOWN" | "OUT_OF_STOCK" | "PAYLOAD_TOO_LARGE" | "PERM_001" | "PERM_002" | "POINTS_DISABLED" | "RATE_LIMITED" | "REQUEST_TIMEOUT" | "SECOND_FACTOR_REQUIRED" | "SYS_001" | "SYS_002" | "TENANT_REQUIRED" | "TENANT_SUSPENDED" | "TRANSFERS_DISABLED" | "UNSUPPORTED_MEDIA_TYPE" | "URI_TOO_LONG" | "VALIDATION_ERROR" | "VIP_DURATION_EXCEEDED";

export type EventEntry = {
  id: string;
  /** Place in the trail: grows in the order of the log, with gaps */
  position: number;
  type: string;
  time: Instant;
  /** Id of the thing that it is about */
  subject: string;
  /** Which event of that thing, from 1, without gaps */
  sequence: number;
  member_id: IdOutput | null;
  actor: string;
  source: string;
  /** The request, or the run of a job, that it goes back to */
  request_id: string;
  /** Id of the event that caused it; null where the request itself did */
  cause: string | null;
  data: Record<string, unknown>;
};

export type ExternalIssuer = {
  id: IdOutput;
  name: string;
  issuer: string;
  audience: string;
  jwks_uri: string;
  algorithms: string[];
  subject_prefix: string;
  max_role: "member" | "admin";
  create_members: boolean;
  claims: ExternalIssuerClaims;
  is_enabled: boolean;
  keys: ExternalIssuerKeys;
  created_at: Instant;
  updated_at: Instant;
};

export type ExternalIssuerClaims = {
  username: string;
  email: string;
  display_name: string;
  /** The claim that tells the role, a text or several; null: tokens tell none */
  role: string | null;
  /** Those of its values that mean an administrator */
  admin_values: string[];
};

/** The issuer’s public keys; fetched when they are first needed */
export type ExternalIssuerKeys = {
  kids: string[];
  fetched_at: Instant | null;
  failing_since: Instant | null;
  /** Why the last attempt to fetch them failed */
  failure: string | null;
};

export type Feedback = {
  id: IdOutput;
  application_id: IdOutput;
  member_id: IdOutput;
  member_info: Person;
  title: string | null;
  content: string;
  rating: number | null;
  status: FeedbackStatus;
  reply: string | null;
  created_at: Instant;
  updated_at: Instant;
  closed_at: Instant | null;
};

export type FeedbackStatus = "open" | "closed";

export type HeldTag = {
  id: IdOutput;
  tag_id: IdOutput;
  tag_name: string;
  tag_code: string;
  tag_type: TagType;
  tag_color: string;
  tag_icon: string;
  tag_level: number;
  expires_at: Instant | null;
  grace_ends_at: Instant | null;
  status: UserTagStatus;
  vip_status: VipStatus;
  auto_renew: boolean;
};

export type Hold = {
  id: IdOutput;
  member: IdOutput;
  status: "held" | "captured" | "released" | "expired";
  points_amount: number;
  captured_points: number;
  released_points: number;
  category: string;
  reason: string | null;
  source_type: string;
  source_id: number | string | null;
  /** null: a purchase settles it */
  expires_at: Instant | null;
  /** The record that the capture left */
  record_id: IdOutput | null;
  created_at: Instant;
  settled_at: Instant | null;
};

/** Integer id */
export type Id = number;

/** Integer id */
export type IdOutput = number;

/** ISO-8601 time, UTC */
export type Instant = string;

export type InternalKey = {
  service: "points" | "vip" | "licenses" | "applications" | "stats";
  kid: string;
  /** `next`: read, signs `SECRET_SETTLE_SECONDS` after the change; `verifying`: signs no more, still holds */
  status: "next" | "signing" | "verifying";
};

export type LevelBenefits = {
  free_shipping: boolean;
  birthday_gift: boolean;
  priority_service: boolean;
  exclusive_events: boolean;
};

export type Member = {
  id: IdOutput;
  username: string;
  email: string;
  display_name: string;
  role: "member" | "admin";
  is_active: boolean;
  external_id: string | null;
  joined_at: Instant;
  last_login_at: Instant | null;
  updated_at: Instant;
};

export type MemberLevel = {
  level_id: IdOutput;
  level_name: string;
  level_code: string;
  /** At most two decimals */
  required_spent: number;
  /** The part that is paid: 0.9 is 10 % off */
  discount_rate: number;
  point_multiplier: number;
  benefits: LevelBenefits;
};

export type MemberVipStatus = {
  member_id: IdOutput;
  is_vip: boolean;
  highest_tag: HeldTag | null;
  active_tags: HeldTag[];
  other_tags: HeldTag[];
};

export type NewApiKey = {
  id: string;
  /** The part of the key that is no secret, to find it by in logs and settings */
  prefix: string;
  name: string;
  scopes: string[];
  limit_per_minute: number | null;
  status: "active" | "expired" | "revoked";
  expires_at: Instant | null;
  /** When it was last used, to about a minute */
  last_used_at: Instant | null;
  /** The secret before the last rotation: until when it works, and when it was last used */
  previous: {
    valid_until: Instant;
    last_used_at: Instant | null;
  } | null;
  /** Id of the member who made it */
  created_by: number | null;
  created_at: Instant;
  updated_at: Instant;
  revoked_at: Instant | null;
  /** The key itself, shown this once: `mk_`, 12 characters, `_`, 42 characters of which the last 6 are a checksum */
  api_key: string;
};

export type NewMember = {
  /** Kept as it was given, and known in any case as Unicode folds it: ΣΩΚΡΆΤΗΣ is Σωκράτης, STRASSE is straße; holds nothing invisible */
  username: string;
  email: string;
  password: string;
  role?: "member" | "admin";
  display_name?: string;
  external_id?: string | null;
};

export type NewServiceClient = {
  client_id: string;
  name: string;
  scopes: string[];
  created_at: Instant;
  client_secret: string;
};

export type NewTenant = {
  id: IdOutput;
  code: string;
  name: string;
  timezone: string;
  locale: string;
  is_active: boolean;
  limits: {
    member_per_minute: number | null;
    admin_per_minute: number | null;
    internal_per_minute: number | null;
  };
  cell: string | null;
  /** Code of its plan; null: it has none */
  plan: string | null;
  hosts: string[];
  member_count: number;
  created_at: Instant;
  updated_at: Instant;
  /** When it was erased; null: it was not */
  erased_at: Instant | null;
  webhook_secret: string;
};

export type NewWebhookEndpoint = {
  id: IdOutput;
  url: string;
  description: string;
  event_types: string[];
  /** `thin`: of the data only the ids */
  payload: "full" | "thin";
  is_enabled: boolean;
  disabled_reason: "by_hand" | "failing" | "gone" | null;
  disabled_at: Instant | null;
  /** First failure since the last success */
  failing_since: Instant | null;
  created_at: Instant;
  updated_at: Instant;
  /** `whsec_` and Base64; shown this once */
  secret: string;
};

export type PageInfo = {
  current_page: number;
  total_pages: number;
  page_size: number;
};

export type PasswordLink = {
  /** No secret: the token of the link is had for it by service credentials or an administrator alone */
  link_id: string;
  /** `invitation`: the member has no password yet */
  kind: "invitation" | "reset";
  expires_at: Instant;
};

export type Person = {
  id: IdOutput;
  username: string | null;
  email: string | null;
};

export type PointsRecord = {
  id: IdOutput;
  tenant_user_profile: IdOutput;
  member: IdOutput;
  tenant: IdOutput;
  point_type: "earn" | "spend" | "adjust" | "expire";
  category: string;
  subcategory: string | null;
  /** Signed */
  points: number;
  balance_before: number;
  balance_after: number;
  tenant_multiplier: string;
  original_points: number;
  source_type: string;
  source_id: number | string | null;
  source_description: string | null;
  earned_at: Instant;
  expires_at: Instant | null;
  expired_at: Instant | null;
  operation_reason: string | null;
  operator_id: IdOutput | null;
  batch_id: string | null;
  status: "active" | "expired" | "cancelled";
  is_manual: boolean;
  /** The award rule that gave the points */
  rule_id: IdOutput | null;
  /** The event that the award came from */
  event_id: string | null;
  /** The record that this one undoes, in whole or in part */
  reverses_record_id: IdOutput | null;
  /** The hold that was captured */
  hold_id: IdOutput | null;
  member_info: {
    id: IdOutput;
    username: string;
  };
  tenant_info: {
    id: IdOutput;
    name: string;
  };
  profile_info: {
    id: IdOutput;
    total_points: number;
    current_level_name: string | null;
  };
  is_expired: boolean;
  days_until_expiry: number | null;
  created_at: Instant;
  created_by_id: IdOutput | null;
};

export type PriceConfig = {
  monthly_price: number | null;
  yearly_price: number | null;
  currency: string;
};

export type Profile = {
  id: IdOutput;
  member: IdOutput;
  tenant: IdOutput;
  total_points: number;
  available_points: number;
  /** Held; in the total, but not available */
  frozen_points: number;
  /** What reversals could not take back yet; taken from what comes in next */
  owed_points: number;
  current_level: IdOutput | null;
  level_updated_at: Instant | null;
  /** When a profile below its level loses one step, where the tenant downgrades so */
  level_review_at: Instant | null;
  /** A level that holds whatever the points say */
  level_set_by_hand: {
    level: IdOutput;
    reason: string;
    operator_id: IdOutput | null;
    set_at: Instant;
  } | null;
  points_earned_total: number;
  points_spent_total: number;
  points_expired_total: number;
  last_points_update: Instant | null;
  last_level_check: Instant | null;
  consecutive_login_days: number;
  last_login_date: Day | null;
  /** Two decimals, as text: "1.20" */
  points_multiplier: string;
  is_points_enabled: boolean;
  member_info: {
    id: IdOutput;
    username: string;
    email: string;
    is_active: boolean;
  };
  tenant_info: {
    id: IdOutput;
    name: string;
    is_active: boolean;
  };
  current_level_info: {
    id: IdOutput;
    level_name: string;
    level_code: string;
    level_order: number;
    min_points: number;
    max_points: number | null;
    level_color: string;
    level_icon: string;
  } | null;
  points_summary: {
    total_points: number;
    current_level: string | null;
    points_multiplier: number;
    summary_period_days: number;
    earned: {
      total: number;
      categories: Record<string, number>;
    };
    spent: {
      total: number;
      categories: Record<string, number>;
    };
    net_change: number;
    category_breakdown: {
      category: string;
      earned: number;
      spent: number;
      net: number;
    }[];
  };
  active_tags: ActiveTag[];
  effective_permissions: Record<string, boolean | number | string | null>;
  created_at: Instant;
  updated_at: Instant;
};

export type ProfileSummary = {
  total_points: number;
  available_points: number;
  frozen_points: number;
  current_level: string | null;
  points_multiplier: number;
  summary_period_days: number;
  earned: {
    total: number;
    by_category: Record<string, number>;
    by_day: {
      date: Day;
      points: number;
    }[];
  };
  spent: {
    total: number;
    by_category: Record<string, number>;
    by_day: {
      date: Day;
      points: number;
    }[];
  };
  net_change: number;
  level_progress: {
    current_level: {
      name: string;
      color: string;
      min_points: number;
      max_points: number | null;
    } | null;
    current_points: number;
    next_level: {
      name: string;
      color: string;
      min_points: number;
    } | null;
    points_to_next: number | null;
    progress_percentage: number;
  };
  predictions: {
    estimated_days_to_next_level: number | null;
    monthly_average_earned: number;
    trend: "increasing" | "stable" | "decreasing";
  };
};

export type ReplayedDeadLetters = {
  replayed: number;
};

export type ResealedSecrets = {
  /** The present key’s name */
  key: string;
  resealed: number;
  /** Those that could not be opened this time, and stay as they were */
  unreadable: number;
  /** Those still sealed with another key, those that cannot be opened included */
  remaining: number;
};

export type RotatedApiKey = {
  id: string;
  /** The part of the key that is no secret, to find it by in logs and settings */
  prefix: string;
  name: string;
  scopes: string[];
  limit_per_minute: number | null;
  status: "active" | "expired" | "revoked";
  expires_at: Instant | null;
  /** When it was last used, to about a minute */
  last_used_at: Instant | null;
  /** The secret before the last rotation: until when it works, and when it was last used */
  previous: {
    valid_until: Instant;
    last_used_at: Instant | null;
  } | null;
  /** Id of the member who made it */
  created_by: number | null;
  created_at: Instant;
  updated_at: Instant;
  revoked_at: Instant | null;
  /** The key itself, shown this once: `mk_`, 12 characters, `_`, 42 characters of which the last 6 are a checksum */
  api_key: string;
};

export type RuleEvent = {
  event_type: "member.created.v1" | "member.logged_in.v1" | "assignment.created.v1" | "assignment.activated.v1" | "device.bound.v1" | "vip.granted.v1" | "vip.renewed.v1" | "feedback.opened.v1" | "MEMBER_REGISTERED" | "MEMBER_LOGIN" | "REVIEW_POSTED" | "REFERRAL_COMPLETED";
  /** When it is true */
  description: string;
  fields: ({
    /** The `field` of a condition */
    name: string;
    title: string;
    type: "text" | "number" | "boolean" | "time";
    /** All that it may be; null where that is open */
    values: string[] | null;
  })[];
};

export type SealedSecrets = {
  kind: "tenant_webhook" | "webhook_endpoint" | "second_factor" | "token_key";
  /** null: sealed before keys had names */
  key: string | null;
  /** `older`: can be sealed anew; `unknown`: no setting has this key, so it cannot be opened */
  status: "present" | "older" | "unknown";
  count: number;
};

export type SecondFactor = {
  is_enabled: boolean;
  /** Whether the tenant, or the platform, asks for one */
  is_required: boolean;
  enabled_at: Instant | null;
  recovery_codes_left: number;
};

export type SecondStep = {
  /** The `challenge_token` that SECOND_FACTOR_REQUIRED gave at the login: for five minutes, and good for nothing else */
  challenge_token: string;
  /** The six digits that the authenticator shows, or a recovery code */
  code: string;
};

export type SecuritySettings = {
  /** A second factor for administrators: up to them, or asked for. Once it is required, who has none sets one up at the next login or refresh */
  admin_second_factor: "optional" | "required";
  /** Origins of pages that may call the API from browsers, at hosts of the tenant alone (its own, and <code>.<host of the platform>); the platform’s CORS_ORIGINS may everywhere */
  allowed_origins: string[];
};

export type ServiceClient = {
  client_id: string;
  name: string;
  scopes: string[];
  created_at: Instant;
};

export type Session = {
  id: string;
  /** When it was logged in */
  created_at: Instant;
  /** When it last got new tokens */
  refreshed_at: Instant;
  /** When it ends unless it is refreshed before */
  expires_at: Instant;
  /** Whether this request came from it */
  is_current: boolean;
};

export type SignedIn = {
  access_token: string;
  refresh_token: string;
  token_type: "Bearer";
  expires_in: number;
  user: {
    id: IdOutput;
    username: string;
    email: string;
    role: "member" | "admin" | "super";
  };
  tenant: {
    id: IdOutput;
    code: string;
    name: string;
    /** IANA zone in which its days are counted */
    timezone: string;
  } | null;
};

/** The refresh token is in the cookie */
export type SignedInBrowser = {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  user: {
    id: IdOutput;
    username: string;
    email: string;
    role: "member" | "admin" | "super";
  };
  tenant: {
    id: IdOutput;
    code: string;
    name: string;
    /** IANA zone in which its days are counted */
    timezone: string;
  } | null;
};

export type StatementEntry = {
  record_id: IdOutput;
  created_at: Instant;
  point_type: "earn" | "spend" | "adjust" | "expire";
  category: string;
  subcategory: string | null;
  /** Signed */
  points: number;
  balance_before: number;
  balance_after: number;
  status: "active" | "expired" | "cancelled";
  source_type: string;
  source_id: number | string | null;
  reason: string | null;
  reverses_record_id: IdOutput | null;
};

export type TagDefinition = {
  id: IdOutput;
  tag_name: string;
  tag_code: string;
  tag_type: TagType;
  tag_color: string;
  tag_icon: string;
  tag_description: string;
  permission_modifiers: Record<string, unknown>;
  quota_modifiers: Record<string, unknown>;
  price_config: PriceConfig | null;
  default_duration_days: number | null;
  max_duration_days: number | null;
  tag_level: number;
  is_active: boolean;
  is_assignable: boolean;
  requires_payment: boolean;
  created_at: Instant;
  updated_at: Instant;
};

export type TagHolder = {
  id: IdOutput;
  username: string | null;
  email: string | null;
};

export type TagInfo = {
  id: IdOutput;
  tag_name: string;
  tag_code: string;
  tag_type: TagType;
  tag_color: string;
  tag_icon: string;
  tag_level: number;
};

export type TagQuote = {
  tag_id: IdOutput;
  tag_name: string;
  tag_code: string;
  duration_days: number;
  rate: "monthly" | "yearly";
  unit_price: number;
  unit_days: number;
  price: number;
  currency: string;
  price_points: number;
  is_renewal: boolean;
  starts_at: Instant;
  expires_at: Instant;
};

export type TagType = "vip" | "privilege" | "temporary" | "system";

export type Tenant = {
  id: IdOutput;
  code: string;
  name: string;
  timezone: string;
  locale: string;
  is_active: boolean;
  limits: {
    member_per_minute: number | null;
    admin_per_minute: number | null;
    internal_per_minute: number | null;
  };
  cell: string | null;
  /** Code of its plan; null: it has none */
  plan: string | null;
  hosts: string[];
  member_count: number;
  created_at: Instant;
  updated_at: Instant;
  /** When it was erased; null: it was not */
  erased_at: Instant | null;
};

export type TenantPlan = {
  code: string;
  name: string;
  limits: {
    member_per_minute: number | null;
    admin_per_minute: number | null;
    internal_per_minute: number | null;
  };
  /** Requests of the tenant a day, in its zone; null: as many as it likes */
  requests_per_day: number | null;
  /** Requests of the tenant that may be under way at once, streams aside; null: as many as it likes */
  concurrent_requests: number | null;
  /** Tenants that have it */
  tenant_count: number;
  created_at: Instant;
  updated_at: Instant;
};

export type TenantUsage = {
  plan: {
    code: string;
    name: string;
    limits: {
      member_per_minute: number | null;
      admin_per_minute: number | null;
      internal_per_minute: number | null;
    };
    /** Requests of the tenant a day, in its zone; null: as many as it likes */
    requests_per_day: number | null;
    /** Requests of the tenant that may be under way at once, streams aside; null: as many as it likes */
    concurrent_requests: number | null;
  } | null;
  today: {
    date: Day;
    requests: number;
    requests_per_day: number | null;
    remaining: number | null;
    resets_at: Instant;
  };
  days: {
    date: Day;
    requests: number;
    /** Requests that a limit refused (429); not among the others */
    refused: number;
  }[];
};

/** An error as RFC 6749 §5.2 has it */
export type TokenError = {
  error: string;
  error_description: string;
};

export type TokenKey = {
  kid: string;
  algorithm: "HS256" | "RS256" | "ES256" | "EdDSA";
  source: "settings" | "rotation";
  /** `next`: published, does not sign yet; `verifying`: signs no more, its tokens still hold */
  status: "next" | "signing" | "verifying" | "ended";
  created_at: Instant;
  signs_from: Instant;
  /** Until when its tokens hold; null: no other key follows it */
  verifies_until: Instant | null;
};

export type UserLevel = {
  id: IdOutput;
  level_name: string;
  level_code: string;
  level_order: number;
  min_points: number;
  max_points: number | null;
  permissions: Record<string, unknown>;
  quota_config: Record<string, number>;
  level_color: string;
  level_icon: string;
  level_description: string;
  is_active: boolean;
  is_default: boolean;
  created_at: Instant;
  updated_at: Instant;
};

export type UserTag = {
  id: IdOutput;
  member_id: IdOutput;
  member_info: TagHolder;
  tag_id: IdOutput;
  tag_info: TagInfo;
  status: UserTagStatus;
  vip_status: VipStatus;
  granted_at: Instant;
  expires_at: Instant | null;
  grace_ends_at: Instant | null;
  suspended_at: Instant | null;
  revoked_at: Instant | null;
  auto_renew: boolean;
  renewal: UserTagRenewal | null;
  reason: string | null;
  created_at: Instant;
  updated_at: Instant;
};

export type UserTagHistoryEntry = {
  id: IdOutput;
  action: "granted" | "renewed" | "suspended" | "resumed" | "revoked" | "grace_started" | "expired" | "auto_renew_on" | "auto_renew_off";
  status_before: UserTagStatus | null;
  status_after: UserTagStatus;
  expires_at_before: Instant | null;
  expires_at_after: Instant | null;
  reason: string | null;
  actor: string;
  created_at: Instant;
};

/** How the tag renews itself. `next_at`: when it is tried next, null when it was tried for this end or cannot be. `purchase_id`: the last try. `waits_for`: what must change first, such as `inactive`, `not_for_sale`, `member_deactivated`. */
export type UserTagRenewal = {
  duration_days: number;
  next_at: Instant | null;
  purchase_id: IdOutput | null;
  waits_for: string | null;
};

export type UserTagStatus = "active" | "grace" | "expired" | "suspended" | "revoked";

export type VipPurchase = {
  id: IdOutput;
  member_id: IdOutput;
  tag_id: IdOutput;
  tag_name: string;
  tag_code: string;
  status: VipPurchaseStatus;
  duration_days: number;
  price: number;
  currency: string;
  price_points: number;
  auto_renew: boolean | null;
  origin: "member" | "auto_renewal";
  renewed_expiry: Instant | null;
  reason: string | null;
  user_tag_id: IdOutput | null;
  created_at: Instant;
  settled_at: Instant | null;
};

export type VipPurchaseStatus = "requested" | "completed" | "failed";

export type VipStatus = {
  is_active: boolean;
  is_expired: boolean;
  is_in_grace_period: boolean;
  days_until_expiry: number | null;
};

export type VipSummary = {
  as_of: Instant;
  vip_members: number;
  expiring_in_7_days: number;
  by_status: {
    active: number;
    grace: number;
    suspended: number;
    expired: number;
    revoked: number;
  };
  by_tag: {
    tag_id: IdOutput;
    tag_name: string;
    tag_code: string;
    tag_level: number;
    is_retired: boolean;
    active: number;
    grace: number;
    suspended: number;
    expired: number;
    revoked: number;
  }[];
};

export type WebhookDelivery = {
  id: IdOutput;
  endpoint_id: IdOutput;
  /** The header `webhook-id`; the same in every attempt and for every endpoint */
  event_id: string;
  type: string;
  status: "pending" | "delivered" | "failed";
  attempt_count: number;
  next_attempt_at: Instant | null;
  /** Of the last attempt */
  status_code: number | null;
  failure: "rejected" | "timeout" | "unreachable" | "tls" | "address_refused" | "endpoint_disabled" | "endpoint_deleted" | "internal" | null;
  created_at: Instant;
  completed_at: Instant | null;
};

export type WebhookDeliveryDetail = {
  id: IdOutput;
  endpoint_id: IdOutput;
  /** The header `webhook-id`; the same in every attempt and for every endpoint */
  event_id: string;
  type: string;
  status: "pending" | "delivered" | "failed";
  attempt_count: number;
  next_attempt_at: Instant | null;
  /** Of the last attempt */
  status_code: number | null;
  failure: "rejected" | "timeout" | "unreachable" | "tls" | "address_refused" | "endpoint_disabled" | "endpoint_deleted" | "internal" | null;
  created_at: Instant;
  completed_at: Instant | null;
  /** What is sent */
  payload: Record<string, unknown>;
  /** The last 30, oldest first */
  attempts: ({
    at: Instant;
    duration_ms: number;
    status_code: number | null;
    failure: "rejected" | "timeout" | "unreachable" | "tls" | "address_refused" | "endpoint_disabled" | "endpoint_deleted" | "internal" | null;
    /** What went wrong on the way, such as ECONNREFUSED */
    reason: string | null;
    /** The first kilobyte of the answer */
    answer: string | null;
  })[];
};

export type WebhookEndpoint = {
  id: IdOutput;
  url: string;
  description: string;
  event_types: string[];
  /** `thin`: of the data only the ids */
  payload: "full" | "thin";
  is_enabled: boolean;
  disabled_reason: "by_hand" | "failing" | "gone" | null;
  disabled_at: Instant | null;
  /** First failure since the last success */
  failing_since: Instant | null;
  created_at: Instant;
  updated_at: Instant;
};

export type WebhookEventType = {
  type: string;
  /** When it is true */
  description: string;
};
