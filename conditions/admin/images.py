"""Images: uploaded once, checked by their content, shown by any article."""

from django import forms
from django.contrib import admin
from django.db import connection, transaction
from django.utils.html import format_html, format_html_join

from conditions.images import (
    MAX_BYTES,
    WIDTHS,
    UnusableImage,
    copy_url,
    delete_copies,
    read_picture,
    write_copies,
)
from conditions.media import revisions_that_show
from conditions.models import Image


class ImageForm(forms.ModelForm):
    """Reads the upload once: `picture` is what the copies are made of."""

    # Not Django's field for images: that one believes the name of a file, and takes any kind.
    file = forms.FileField(
        label="Picture",
        help_text=(
            "JPEG, PNG, WebP or AVIF, up to 8 MB, at least 400 pixels wide; 1600 or more is best. "
            "Only show people who have agreed to it in writing."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )
    picture = None

    class Meta:
        model = Image
        fields = ["file", "title", "credit"]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        try:
            # One byte too many is enough to see that a file is too large.
            self.picture = read_picture(upload.read(MAX_BYTES + 1))
        except UnusableImage as error:
            raise forms.ValidationError(str(error)) from error
        # Whoever sends the same picture at the same moment waits here, until the first is saved.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self.picture.name]
            )
        same = Image.objects.filter(name=self.picture.name).first()
        if same is not None:
            raise forms.ValidationError(
                "This picture is here already. It is called “%(title)s”.",
                params={"title": same.title},
            )
        upload.name = f"{self.picture.name}.{self.picture.ending}"
        return upload


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    purpose = "Pictures for articles. Upload one here once; any article can show it."
    when_empty = "There is no picture yet. Upload the first."
    deleting = "The picture and its copies go from the disk for good."
    list_display = ["title", "preview", "size", "credit", "created_at"]
    search_fields = ["title", "credit", "illustrations__alt"]
    readonly_fields = ["preview", "size", "shown_in", "created_by", "created_at"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        # A picture is what its name says for ever; another picture is another image.
        form = forms.ModelForm if change else ImageForm
        return super().get_form(request, obj, change=change, form=form, **kwargs)

    def get_fields(self, request, obj=None):
        return ["title", "credit", *self.readonly_fields] if obj else ["file", "title", "credit"]

    def save_model(self, request, obj, form, change):
        if not change:
            picture = form.picture
            obj.name, obj.width, obj.height = picture.name, picture.width, picture.height
            obj.created_by = request.user
            write_copies(picture)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs, request):
        """Keep an image that a draft shows, or any edition, since each can be brought back."""
        *rest, _protected = super().get_deleted_objects(objs, request)
        return *rest, [use for image in objs for use in _uses(image)]

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        _delete_files(obj)

    def delete_queryset(self, request, queryset):
        images = list(queryset)
        super().delete_queryset(request, queryset)
        for image in images:
            _delete_files(image)

    @admin.display(description="Picture")
    def preview(self, obj):
        url = copy_url(obj.name, WIDTHS[0], "jpg")
        return format_html('<img src="{}" alt="" width="200" loading="lazy">', url)

    @admin.display(description="Size")
    def size(self, obj):
        return f"{obj.width} × {obj.height} pixels"

    @admin.display(description="Shown in")
    def shown_in(self, obj):
        uses = _uses(obj)
        if not uses:
            return "Nothing yet"
        items = format_html_join("", "<li>{}</li>", ([use] for use in uses))
        return format_html("<ul>{}</ul>It cannot be deleted while any of these shows it.", items)


def _uses(image):
    """Return the drafts and the editions that show the image, in words."""
    drafts = image.illustrations.select_related("condition", "treatment")
    return [
        *(f"Draft of {shown.condition or shown.treatment}" for shown in drafts),
        *map(str, revisions_that_show(image.name)),
    ]


def _delete_files(image):
    """Delete what is on the disk, once the database has let the image go."""

    def delete():
        image.file.storage.delete(image.file.name)
        delete_copies(image.name)

    transaction.on_commit(delete)
