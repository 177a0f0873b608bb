/** How an application looks to a client, and what a client's words mean to it. */
import type * as contracts from '@membership/contracts/endpoints/applications/applications';
import type {
  changeApplicationBody,
  createApplicationBody,
  replaceApplicationBody,
} from '@membership/contracts/endpoints/applications/schemas';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { z } from 'zod';
import { given } from '@membership/platform/given';
import type { Application, ApplicationFields } from '../domain/application.ts';

export type Counts = {
  readonly licenses: number;
  readonly activeLicenses: number;
  readonly feedbacks: number;
  readonly openFeedbacks: number;
  readonly articles: number;
};

export const writtenView = (application: Application): ItemOf<typeof contracts.createApplication> => ({
  id: application._id,
  name: application.name,
  code: application.code,
  description: application.description,
  logo: application.logo,
  website: application.website,
  contact_email: application.contactEmail,
  current_version: application.currentVersion,
  owner: application.owner,
  team: application.team,
  status: application.status,
  is_active: application.isActive,
  tags: [...application.tags],
  metadata: { ...application.metadata },
  created_at: application.createdAt.toISOString(),
  updated_at: application.updatedAt.toISOString(),
});

export const detailView = (
  application: Application,
  counts: Pick<Counts, 'licenses' | 'feedbacks' | 'articles'>,
): ItemOf<typeof contracts.getApplication> => ({
  ...writtenView(application),
  license_count: counts.licenses,
  feedback_count: counts.feedbacks,
  article_count: counts.articles,
});

export function rowView(application: Application): ItemOf<typeof contracts.listApplications> {
  const { id, name, code, description, logo, current_version, status, is_active, created_at, updated_at } =
    writtenView(application);
  return { id, name, code, description, logo, current_version, status, is_active, created_at, updated_at };
}

export const statisticsView = (counts: Counts): ItemOf<typeof contracts.applicationStatistics> => ({
  licenses: { total: counts.licenses, active: counts.activeLicenses },
  feedbacks: { total: counts.feedbacks, open: counts.openFeedbacks },
  articles: { total: counts.articles },
});

type Body =
  | z.output<typeof createApplicationBody>
  | z.output<typeof replaceApplicationBody>
  | z.output<typeof changeApplicationBody>;
/** A body in the domain's words; what the client left out stays out. */
export function fieldsOf<B extends Body>(
  body: B,
): B extends z.output<typeof createApplicationBody> ? ApplicationFields : Partial<ApplicationFields>;
export function fieldsOf(body: Body): Partial<ApplicationFields> {
  const { contact_email: contactEmail, current_version: currentVersion, ...rest } = body;
  const { is_active: isActive, ...same } = rest as typeof rest & { is_active?: boolean };
  return given({ ...same, contactEmail, currentVersion, isActive });
}
