/** Wires the applications service: the only file that knows every area. */
import { Directory } from '@membership/platform/directory';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import { ArticleRepository } from './storage/article-repository.ts';
import { articleRoutes } from './articles/articles.routes.ts';
import { ApplicationRepository } from './storage/application-repository.ts';
import { applicationRoutes } from './catalogue/applications.routes.ts';
import type { ApplicationsSettings } from './config.ts';
import { eraseAuthor } from './erase-author.ts';
import { FeedbackRepository } from './storage/feedback-repository.ts';
import { feedbackRoutes } from './feedbacks/feedbacks.routes.ts';
import { LicenseCounts } from './licensing/license-counts.ts';
import { modelsOf } from './models.ts';
import { subscriptions } from './subscriptions.ts';

export function build({
  service,
  settings,
  logger,
  connection,
  ids,
  secret,
}: ServiceContext<ApplicationsSettings>): ServiceParts {
  const models = modelsOf(connection);
  const directory = new Directory({ connection, gatewayUrl: settings.GATEWAY_INTERNAL_URL, service, logger });
  directory.listen({ onErased: (scope, member, unit) => eraseAuthor(models, scope, member, unit) });
  const stores = {
    applications: new ApplicationRepository(models.applications),
    articles: new ArticleRepository(models.articles),
    feedbacks: new FeedbackRepository(models.feedbacks),
    licenses: new LicenseCounts(models),
    directory,
    ids,
  };
  return {
    implementations: [...applicationRoutes(stores), ...articleRoutes(stores), ...feedbackRoutes(stores)],
    subscriptions: subscriptions(models, directory),
    authenticate: trustGateway(secret('INTERNAL_KEY'), service),
  };
}
