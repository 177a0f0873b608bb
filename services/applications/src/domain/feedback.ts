/** What a member says of an application, and how it is settled. Pure. */
export type Feedback = {
  readonly _id: number;
  readonly tenantId: number;
  readonly applicationId: number;
  readonly memberId: number;
  readonly memberName: string;
  readonly title: string | null;
  readonly content: string;
  readonly rating: number | null;
  readonly status: 'open' | 'closed';
  readonly reply: string | null;
  readonly closedAt: Date | null;
  /** Events of this feedback so far: answering without closing is none. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type Settlement = {
  readonly status?: Feedback['status'] | undefined;
  readonly reply?: string | null | undefined;
};

/** The feedback answered, closed or opened again; itself when that is how it is. */
export function settle(
  feedback: Feedback,
  { status = feedback.status, reply = feedback.reply }: Settlement,
  now: Date,
): Feedback {
  if (status === feedback.status && reply === feedback.reply) return feedback;
  if (status === feedback.status) return { ...feedback, reply, updatedAt: now };
  return {
    ...feedback,
    status,
    reply,
    closedAt: status === 'closed' ? now : null,
    sequence: feedback.sequence + 1,
    updatedAt: now,
  };
}
