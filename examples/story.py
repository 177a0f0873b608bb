"""The whole story in Python: python story.py [http://localhost:8000]. Needs the generated client beside it, and root's password."""
import os
import sys
import time

from membership import AuthenticatedClient, Client
from membership.api.auth import login
from membership.api.licence_assignments import create_assignment
from membership.api.licence_catalogue import create_plan, create_product
from membership.api.licences import issue_license
from membership.api.members import create_member
from membership.api.my_licences import activate_license
from membership.api.points_profiles import get_profile, get_profile_permissions
from membership.api.statistics import get_points_summary
from membership.api.tenants import create_tenant
from membership.api.vip import define_tag, grant_tag
from membership.models import (
    ActivateLicenseBody, CreateAssignmentBody, CreatePlanBody, CreateProductBody, CreateTenantBody, Credentials, DefineTagBody,
    GrantTagBody, IssueLicenseBody, NewMember,
)

base_url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
password = os.environ.get("PASSWORD", "demo-pass-2026")
tenant = f"story-{time.time_ns()}"
began = time.monotonic()


def must(answer):
    """The answer, or an exception where it is a refusal."""
    error = getattr(answer, "error", None)
    if answer is None or error is not None:
        raise RuntimeError(f"refused: {error}")
    return answer


def call(operation, caller, body=None, *path, **extras):
    return must(operation.sync(*path, client=caller, **({"body": type_of[operation].from_dict(body)} if body else {}), **extras))


type_of = {
    login: Credentials, create_tenant: CreateTenantBody, create_member: NewMember, create_product: CreateProductBody,
    create_plan: CreatePlanBody, issue_license: IssueLicenseBody, create_assignment: CreateAssignmentBody,
    activate_license: ActivateLicenseBody, define_tag: DefineTagBody, grant_tag: GrantTagBody,
}


def log_in(username, **where):
    answer = call(login, Client(base_url), {"username": username, "password": password, **where})
    return AuthenticatedClient(base_url, token=answer.data.access_token)


def until(ask, is_so):
    """Asks until it is so: what one service knows, another hears of a moment later."""
    end = time.monotonic() + 30
    while not is_so(answer := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def join(username, role):
    body = {"username": username, "email": f"{username}@example.com", "password": password, "role": role}
    return call(create_member, root, body, x_tenant_id=tenant).data.id


# A tenant, its administrator and a member. The platform administrator names the tenant in X-Tenant-ID.
root = log_in("root")
call(create_tenant, root, {"code": tenant, "name": "Story"})
join("alice", "admin")
bob_id = join("bob", "member")
alice, bob = log_in("alice", tenant=tenant), log_in("bob", tenant=tenant)

# A licence of a product, on the terms of a plan; assigned to Bob, who activates it.
product = call(create_product, alice, {"name": "SuperApp"}).data.id
plan = call(create_plan, alice, {"product_id": product, "name": "Professional"}).data.id
licence = call(issue_license, alice, {"product_id": product, "plan_id": plan}).data.id
assignment = call(create_assignment, alice, {"member_id": bob_id, "license_id": licence}).data.assignment_id
call(activate_license, bob, {"device_info": {"device_id": "DESKTOP-1"}}, assignment)

# The points come by themselves.
profile = until(lambda: call(get_profile, bob, None, bob_id), lambda it: it.total_points > 0)
print(f"{profile.total_points} points, the first after {round((time.monotonic() - began) * 1000)} ms")

# A tag, what Bob may do with it, and what the statistics say.
tag = call(define_tag, alice, {"tag_name": "VIP", "tag_code": "VIP", "permission_modifiers": {"discount_rate_bonus": 0.1}}).id
call(grant_tag, alice, {"member_id": bob_id, "tag_id": tag})
may = until(lambda: call(get_profile_permissions, bob, None, bob_id), lambda it: it.permission_calculation.vip_bonus > 0)
summary = until(lambda: call(get_points_summary, alice), lambda it: it.earned > 0)
print(f"{may.permission_calculation.vip_bonus} off by the tag, {summary.earned} points earned in the tenant")
