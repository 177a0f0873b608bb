"""
The seeds' own stack, bare: an earning as a Django REST framework view on PostgreSQL, which P1 measures the platform against.
It checks no token, knows no rules and tells nobody: a profile, a ledger row and an outbox row in one transaction.

`bare_ledger.py MEMBERS` makes the tables and so many profiles; gunicorn serves `bare_ledger:application`.
"""

import os
import sys
import uuid

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of nobody",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": "127.0.0.1",
            "PORT": os.environ["POSTGRESQL_PORT"],
            "NAME": "postgres",
            "USER": "postgres",
            "CONN_MAX_AGE": None,
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.generics import get_object_or_404  # noqa: E402
from rest_framework.response import Response  # noqa: E402


class Profile(models.Model):
    total_points = models.BigIntegerField(default=0)
    available_points = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bare_ledger"


class Record(models.Model):
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT)
    points = models.BigIntegerField()
    balance = models.BigIntegerField()
    category = models.CharField(max_length=50)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare_ledger"
        indexes = [models.Index(fields=["profile", "-created_at"])]


class Outbox(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    type = models.CharField(max_length=100)
    data = models.JSONField()

    class Meta:
        app_label = "bare_ledger"


class Earning(serializers.Serializer):
    points_amount = serializers.IntegerField(min_value=1)
    category = serializers.CharField(max_length=50)


@api_view(["POST"])
def earn(request, profile_id):
    earning = Earning(data=request.data)
    earning.is_valid(raise_exception=True)
    points = earning.validated_data["points_amount"]
    category = earning.validated_data["category"]
    with transaction.atomic():
        profile = get_object_or_404(Profile.objects.select_for_update(), pk=profile_id)
        profile.total_points += points
        profile.available_points += points
        profile.save()
        record = Record.objects.create(
            profile=profile, points=points, balance=profile.available_points, category=category
        )
        Outbox.objects.create(
            type="points.earned",
            data={"record": record.pk, "profile": profile.pk, "points": points, "balance": record.balance},
        )
    return Response(
        {"record_id": record.pk, "actual_points_added": points, "available_points": record.balance}
    )


urlpatterns = [path("profiles/<int:profile_id>/earn/", earn)]
application = get_wsgi_application()

if __name__ == "__main__":
    with connection.schema_editor() as schema:
        for model in (Profile, Record, Outbox):
            schema.create_model(model)
    Profile.objects.bulk_create(Profile() for _ in range(int(sys.argv[1])))
