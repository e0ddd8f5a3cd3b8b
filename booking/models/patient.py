from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class Patient(models.Model):
    """The person who is seen. No account is needed; two people may share an e-mail address."""

    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = PhoneNumberField(region="US")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "pk")
        indexes = [models.Index(Lower("email"), name="booking_patient_email")]

    def __str__(self) -> str:
        return self.name
