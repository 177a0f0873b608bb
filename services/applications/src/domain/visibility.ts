/** Which articles somebody sees. */
import { isPlainMember, type TenantScope } from '@membership/platform/scope';

/** Whether drafts and archived articles are seen too. */
export type Visibility = { readonly unpublished: boolean };
/** What somebody may list: a plain member what is published, others all. */
export const visibleTo = (scope: TenantScope): Visibility => ({ unpublished: !isPlainMember(scope) });
