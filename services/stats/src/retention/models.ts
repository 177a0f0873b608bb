/** What is stored of retention: the days of each member, and how many were active and stayed. */
import { Schema } from 'mongoose';
import type { ActiveDays } from './active-days.ts';

type OfGeneration = { tenantId: number; generation: number };
/** A member by its id alone: there is no name to erase. */
export type StoredMember = OfGeneration & {
  _id: string;
  memberId: number;
  joined: string | null;
  days: ActiveDays;
};
/** A day, week or month: members active in it, members that joined in it, and those of them active so much later. */
export type StoredPeriod = OfGeneration & {
  _id: string;
  interval: string;
  period: string;
  active?: number;
  joined?: number;
  kept?: Record<string, number>;
};

const loose = { strict: false, versionKey: false, id: false, minimize: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;

export const memberSchema = new Schema({ _id: String, tenantId, generation: Number }, loose);
export const periodSchema = new Schema(
  { _id: String, tenantId, generation: Number, interval: String, period: String },
  loose,
).index({ tenantId: 1, generation: 1, interval: 1, period: 1 }, { unique: true });
