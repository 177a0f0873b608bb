/** Every administrative act is a fact: each writing endpoint of administrators says what tells of it, or why nothing does. */
import { allEndpoints } from './endpoints/index.ts';
import { eventsByType } from './events/index.ts';

/** By the name of the endpoint: the events of which it announces one or more where it changes something, or why it announces none. */
const acts: Readonly<Record<string, readonly string[] | string>> = {
  // gateway
  createApiKey: ['api_key.created'],
  updateApiKey: ['api_key.updated'],
  rotateApiKey: ['api_key.rotated'],
  revokeApiKey: ['api_key.revoked'],
  createClient: ['client.created'],
  rotateClientSecret: ['client.secret_rotated'],
  deleteClient: ['client.deleted'],
  createExternalIssuer: ['external_issuer.created'],
  updateExternalIssuer: ['external_issuer.updated'],
  deleteExternalIssuer: ['external_issuer.deleted'],
  createMember: ['member.created'],
  importMembers: ['member.created', 'member.imported'],
  updateMember: ['member.updated', 'member.deactivated', 'member.reactivated', 'member.password_changed'],
  deactivateMember: ['member.deactivated'],
  eraseMember: ['member.erased'],
  endMemberSession: ['member.session_ended'],
  makePasswordLink: ['member.password_link_requested'],
  fetchPasswordLink: ['member.password_link_fetched'],
  removeSecondFactor: ['member.second_factor_changed'],
  replaceRecoveryCodes: ['member.second_factor_changed'],
  resetSecondFactor: ['member.second_factor_changed'],
  updateSecuritySettings: ['tenant.security_changed'],
  createTenant: ['tenant.created', 'member.created'],
  updateTenant: ['tenant.updated'],
  suspendTenant: ['tenant.suspended'],
  resumeTenant: ['tenant.resumed'],
  eraseTenant: ['tenant.erased'],
  rotateWebhookSecret: ['tenant.webhook_secret_rotated'],
  createWebhookEndpoint: ['webhook_endpoint.created'],
  updateWebhookEndpoint: [
    'webhook_endpoint.updated',
    'webhook_endpoint.enabled',
    'webhook_endpoint.disabled',
  ],
  rotateWebhookEndpointSecret: ['webhook_endpoint.secret_rotated'],
  deleteWebhookEndpoint: ['webhook_endpoint.deleted'],
  pingWebhookEndpoint: 'sends a message to the tenant’s own receiver; its deliveries are the record of it',
  replayWebhookDeliveries: 'sends once more what was announced; its deliveries are the record of it',
  retryWebhookDelivery: 'sends once more what was announced; its deliveries are the record of it',
  // Of the platform and no tenant: every fact belongs to a tenant, so the log tells these, with who it was.
  createTenantPlan: 'the platform’s: told by the log',
  updateTenantPlan: 'the platform’s: told by the log',
  deleteTenantPlan: 'the platform’s: told by the log',
  rotateTokenKey: 'the platform’s: told by the log',
  withdrawTokenKey: 'the platform’s: told by the log',
  resealSecrets: 'the platform’s: told by the log',
  replayDeadLetters: 'the platform’s: told by the log',
  rotateSigningKey: 'the platform’s: told by the log',
  withdrawSigningKey: 'the platform’s: told by the log',
  // points
  earnPoints: ['points.earned'],
  adjustPoints: ['points.adjusted'],
  batchPoints: ['points.earned', 'points.spent'],
  cancelPointsRecord: ['points.reversed'],
  expirePoints: ['points.expired'],
  placeHold: ['points.held'],
  captureHold: ['points.captured'],
  releaseHold: ['points.released'],
  consumeQuota: ['quota.consumed'],
  updateProfile: ['profile.updated'],
  checkProfileLevel: ['level.changed'],
  setProfileLevel: ['level.changed'],
  setMemberLevel: ['member_level.changed'],
  updatePointsSettings: ['points_settings.updated'],
  createUserLevel: ['user_level.created'],
  updateUserLevel: ['user_level.updated'],
  replaceUserLevel: ['user_level.updated'],
  deleteUserLevel: ['user_level.deleted'],
  createMemberLevel: ['member_level.created'],
  updateMemberLevel: ['member_level.updated'],
  deleteMemberLevel: ['member_level.deleted'],
  createRule: ['award_rule.created'],
  updateRule: ['award_rule.updated'],
  deleteRule: ['award_rule.deleted'],
  dryRunRules: 'writes nothing',
  createBenefit: ['benefit.created'],
  updateBenefit: ['benefit.updated'],
  deleteBenefit: ['benefit.deleted'],
  createActivity: ['activity.created'],
  updateActivity: ['activity.updated'],
  deleteActivity: ['activity.deleted'],
  createRedemptionItem: ['redemption_item.created'],
  updateRedemptionItem: ['redemption_item.updated'],
  deleteRedemptionItem: ['redemption_item.deleted'],
  shipRedemption: ['redemption.shipped'],
  completeRedemption: ['redemption.completed'],
  cancelRedemption: ['redemption.cancelled'],
  returnRedemption: ['redemption.cancelled'],
  // vip
  defineTag: ['vip_tag.defined'],
  changeTag: ['vip_tag.updated'],
  replaceTag: ['vip_tag.updated'],
  retireTag: ['vip_tag.retired'],
  grantTag: ['vip.granted', 'vip.renewed'],
  batchGrantTag: ['vip.granted', 'vip.renewed'],
  renewUserTag: ['vip.renewed'],
  suspendUserTag: ['vip.suspended'],
  resumeUserTag: ['vip.resumed'],
  revokeUserTag: ['vip.revoked'],
  runDueWork: ['vip.grace_started', 'vip.expired', 'vip.purchase_requested', 'vip.purchase_failed'],
  // licenses
  createProduct: ['product.created'],
  updateProduct: ['product.updated'],
  deleteProduct: ['product.deleted'],
  createPlan: ['plan.created'],
  updatePlan: ['plan.updated'],
  deletePlan: ['plan.deleted'],
  issueLicense: ['license.issued'],
  updateLicense: ['license.updated'],
  renewLicense: ['license.updated'],
  rotateLicenseKey: ['license.key_rotated'],
  revokeLicense: ['license.revoked'],
  deleteLicense: ['license.revoked', 'license.deleted'],
  createAssignment: ['assignment.created'],
  batchAssign: ['assignment.created'],
  startBatch: ['assignment.created'],
  suspendAssignment: ['assignment.suspended'],
  resumeAssignment: ['assignment.resumed'],
  revokeAssignment: ['assignment.revoked'],
  unbindDeviceOf: ['device.unbound'],
  // applications
  createApplication: ['application.created'],
  changeApplication: ['application.updated'],
  replaceApplication: ['application.updated'],
  deleteApplication: ['application.deleted'],
  restoreApplication: ['application.restored'],
  writeArticle: ['article.created'],
  changeArticle: ['article.updated'],
  deleteArticle: ['article.deleted'],
  answerFeedback: ['feedback.closed', 'feedback.opened'],
};

const administrative = allEndpoints.filter(
  ({ method, access }) => method !== 'get' && (access.includes('admin') || access.includes('super')),
);

test('each writing endpoint of administrators names its facts, or why it has none', () =>
  expect(administrative.map(({ name }) => name).sort()).toEqual(Object.keys(acts).sort()));

test('the facts that are named are those of the endpoint’s own service', () => {
  const wrong = administrative.flatMap(({ name, service }) => {
    const told = acts[name];
    return Array.isArray(told)
      ? told
          .filter((type) => eventsByType.get(`${type}.v1`)?.producer !== service)
          .map((type) => [name, type])
      : [];
  });
  expect(wrong).toEqual([]);
});
