/** Answers what is done with devices: activating and unbinding them, and what they report. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import {
  implementGrouped,
  implementWrite,
  reply,
  type Implementation,
} from '@membership/platform/http/implement';
import { requireMemberId } from '@membership/platform/scope';
import type { EndStores } from '../assignments/end-assignments.ts';
import { quotaOf } from '../domain/license.ts';
import { intervalView } from '../usage/usage.views.ts';
import type { UsageInterval } from '../usage/usage.ts';
import type { Activations } from './activate.ts';
import { activationView, bindingView } from '../assignments/devices.views.ts';
import type { DeviceReports } from './report-device.ts';
import { unbindDevice, type Unbound } from './unbind-device.ts';

export function deviceRoutes(
  stores: EndStores,
  activations: Activations,
  reports: DeviceReports,
): Implementation[] {
  return [
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
      return unboundReply(await unbindDevice(stores, scope, command, unit), body.device_id);
    }),
    implementWrite(contracts.unbindDeviceOf, async ({ scope, params, body, http, unit }) => {
      const { device_id: deviceId, release_slot: releasesSlot } = body;
      const command = { assignmentId: params.id, deviceId, releasesSlot, now: http.now };
      return unboundReply(await unbindDevice(stores, scope, command, unit), deviceId);
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

const unboundReply = ({ assignment, license, heldUntil }: Unbound, deviceId: string) =>
  reply(
    {
      assignment_id: assignment._id,
      status: assignment.status,
      device_id: deviceId,
      license_quota: quotaOf(license),
    },
    heldUntil
      ? {
          message: {
            zh: '设备解绑成功；其离线许可证文件有效至 {until}，在此之前仍占用名额',
            en: 'Device unbound; its licence file works until {until}, and keeps its slot for so long',
          },
          params: { until: heldUntil.toISOString() },
        }
      : {},
  );
