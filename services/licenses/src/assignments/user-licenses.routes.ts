/** Answers a member's endpoints: its own licences, and its devices on them. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import {
  implement,
  implementGrouped,
  implementWrite,
  type Implementation,
} from '@membership/platform/http/implement';
import { requireMemberId } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import type { Activations } from '../devices/activate.ts';
import { activationView, bindingView } from '../devices/devices.views.ts';
import type { DeviceReports } from '../devices/report-device.ts';
import { unbindDevice } from '../devices/unbind-device.ts';
import { quotaOf } from '../licenses/license.ts';
import { intervalView } from '../usage/usage.views.ts';
import type { UsageInterval } from '../usage/usage.ts';
import type { AssignStores } from './assign-licenses.ts';
import { statusAt } from './assignment.ts';
import { ASSIGNMENT_ORDERINGS } from './assignments.routes.ts';
import { bindingsAndUsage, rowViews, type ViewStores } from './assignments.views.ts';

const SHOWN_INTERVALS = 100;

export function userLicenseRoutes(
  stores: AssignStores & ViewStores,
  activations: Activations,
  reports: DeviceReports,
): Implementation[] {
  const { assignments, licenses, usage } = stores;
  return [
    implement(contracts.listMyLicenses, async ({ scope, query, http }) => {
      const { status, product_id: productId, include_expired: includeExpired, page, page_size: size } = query;
      const withoutExpired = status === undefined && !includeExpired;
      const filter = { memberId: requireMemberId(scope), productId, status, withoutExpired };
      const found = await assignments.list(
        scope,
        filter,
        http.now,
        sortOf(query.ordering, ASSIGNMENT_ORDERINGS),
        { page, size },
      );
      return { ...found, items: await rowViews(stores, scope, found.items, http.now) };
    }),
    implementGrouped(
      contracts.activateLicense,
      activations,
      ({ scope, params, body, http }) => {
        const {
          device_id: deviceId,
          device_name: deviceName = null,
          hardware_fingerprint: hardwareFingerprint = null,
          os_info: os,
        } = body.device_info;
        const device = {
          deviceId,
          deviceName,
          hardwareFingerprint,
          osName: os?.name ?? null,
          osVersion: os?.version ?? null,
        };
        return {
          assignmentId: params.assignment_id,
          memberId: requireMemberId(scope),
          device,
          evictOldest: body.evict_oldest,
          now: http.now,
        };
      },
      activationView,
    ),
    implementWrite(contracts.unbindDevice, async ({ scope, params, body, http, unit }) => {
      const command = {
        assignmentId: params.assignment_id,
        memberId: requireMemberId(scope),
        deviceId: body.device_id,
        now: http.now,
      };
      const { assignment, license } = await unbindDevice(stores, scope, command, unit);
      return {
        assignment_id: assignment._id,
        status: assignment.status,
        device_id: body.device_id,
        license_quota: quotaOf(license),
      };
    }),
    implement(contracts.getLicenseUsage, async ({ scope, params, http }) => {
      const assignment = await assignments.getOwn(scope, params.assignment_id, requireMemberId(scope));
      const license = (await licenses.byId(scope, [assignment.licenseId])).get(assignment.licenseId);
      const shown = await bindingsAndUsage(
        stores,
        scope,
        assignment,
        statusAt(assignment, license, http.now),
        http.now,
      );
      const latest = await usage.listLatest(scope, assignment._id, SHOWN_INTERVALS);
      return { ...shown, intervals: latest.map(intervalView) };
    }),
    implementGrouped(
      contracts.reportUsage,
      reports,
      ({ scope, params, body, http }) => ({
        assignmentId: params.assignment_id,
        memberId: requireMemberId(scope),
        deviceId: body.device_id,
        used: { startedAt: body.started_at, endedAt: body.ended_at },
        now: http.now,
      }),
      ({ assignment, interval, addedSeconds }) => ({
        assignment_id: assignment._id,
        interval: intervalView(interval as UsageInterval),
        added_seconds: addedSeconds,
        total_usage_hours: Math.round(assignment.usedSeconds / 360) / 10,
      }),
    ),
    implementGrouped(
      contracts.heartbeat,
      reports,
      ({ scope, params, body, http }) => ({
        assignmentId: params.assignment_id,
        memberId: requireMemberId(scope),
        deviceId: body.device_id,
        now: http.now,
      }),
      ({ assignment, device }) => ({
        assignment_id: assignment._id,
        status: assignment.status,
        device: bindingView(device, assignment.status),
        lease_expires_at: device.leaseUntil?.toISOString() ?? null,
      }),
    ),
  ];
}
