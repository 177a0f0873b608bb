/** Shapes that several endpoints of the points service share. */
import { z } from 'zod';
import { text } from '../../characters.ts';

/** `constructor` is a name that every object has. */
export const category = z
  .string()
  .min(1)
  .max(64)
  .regex(/^(?!constructor$)[a-z][a-z0-9_]*$/);
export const subcategory = text().max(64);
export const sourceType = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_.-]+$/);
export const sourceId = z.int().positive().nullable();
export const levelChange = z.object({
  upgraded: z.boolean(),
  previous_level: z.string().nullable(),
  current_level: z.string().nullable(),
});
