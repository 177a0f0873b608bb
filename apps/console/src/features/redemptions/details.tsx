/** Where a redemption has to go, and what is known of its way. */
import { Facts } from '../../ui/page.tsx';
import { orNothing } from '../../ui/values.tsx';
import type { Redemption } from './acts.tsx';

export const redemptionDetails = ({
  delivery_address,
  tracking_code,
  reason,
  estimated_delivery,
}: Redemption) => (
  <Facts
    facts={[
      [
        { zh: '收件人', en: 'To' },
        delivery_address ? `${delivery_address.name} · ${delivery_address.phone}` : '–',
      ],
      [{ zh: '地址', en: 'Address' }, orNothing(delivery_address?.address)],
      [{ zh: '运单号', en: 'Tracking code' }, orNothing(tracking_code)],
      [{ zh: '预计送达', en: 'Expected' }, orNothing(estimated_delivery)],
      [{ zh: '原因', en: 'Reason' }, orNothing(reason)],
    ]}
  />
);
