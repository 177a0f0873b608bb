/** Which part of a list is asked for. */
export type Paging = { readonly page: number; readonly size: number };
