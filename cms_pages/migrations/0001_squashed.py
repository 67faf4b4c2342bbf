"""All tables of the first release, in one step; `replaces` names the steps they were made in."""

import cms_pages.models.desk_settings
import django.core.validators
import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

from desk_core.migrating import OTHERS_FIRST, CreateModels


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('cms_pages', '0001_initial'),
        ('cms_pages', '0002_groups'),
        ('cms_pages', '0003_names_in_persian_order'),
        ('cms_pages', '0004_fill_name_keys'),
        ('cms_pages', '0005_plural_names_of_pages'),
        ('cms_pages', '0006_name_wagtails_own_rows'),
        ('cms_pages', '0007_all_by_the_clock_of_tehran'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('wagtailcore', '0098_apitoken'),
        ('wagtailcore', '__first__'),
        *OTHERS_FIRST,
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='ContentPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('body', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='content')),
                ],
                options={
                    'verbose_name': 'content page',
                    'verbose_name_plural': 'content pages',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='DepartmentIndexPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ],
                options={
                    'verbose_name': 'list of departments',
                    'verbose_name_plural': 'lists of departments',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='FaqPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('groups', wagtail.fields.StreamField([('group', 5)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Subject', 'max_length': 150}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 3: ('wagtail.blocks.StructBlock', [[('question', 1), ('answer', 2)]], {}), 4: ('wagtail.blocks.ListBlock', (3,), {'label': 'Questions'}), 5: ('wagtail.blocks.StructBlock', [[('heading', 0), ('questions', 4)]], {})}, verbose_name='questions')),
                ],
                options={
                    'verbose_name': 'frequent questions',
                    'verbose_name_plural': 'frequent questions',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='HomePage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('hero_sentence', models.CharField(blank=True, max_length=250, verbose_name='what this desk does, in one sentence')),
                    ('body', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='more')),
                ],
                options={
                    'verbose_name': 'home page',
                    'verbose_name_plural': 'home pages',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='Need',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_key', models.CharField(default='', editable=False, max_length=120)),
                    ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=80, verbose_name='name in English')),
                    ('sort_order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ],
                options={
                    'verbose_name': 'need',
                    'verbose_name_plural': 'needs',
                    'ordering': ('sort_order', 'name_key'),
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PrivacyPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('version', models.CharField(default='1', help_text='Change it whenever the meaning changes: each request keeps the one accepted.', max_length=20, verbose_name='version')),
                    ('in_force_since', models.DateField(blank=True, null=True, verbose_name='in force since')),
                    ('body', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='content')),
                ],
                options={
                    'verbose_name': 'privacy statement',
                    'verbose_name_plural': 'privacy statements',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='ServiceDeskPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('place', models.CharField(blank=True, help_text='Building, floor and room; empty: the address of the body.', max_length=250, verbose_name='place')),
                    ('way', models.CharField(blank=True, help_text='Bus, metro, parking, lift.', max_length=250, verbose_name='how to get there')),
                    ('phone', models.CharField(blank=True, max_length=60, verbose_name='phone of the desk')),
                    ('hours', models.CharField(blank=True, help_text='Empty: the working hours of the body, from its calendar.', max_length=250, verbose_name='hours of the desk')),
                    ('staff_duty', models.CharField(blank=True, max_length=250, verbose_name='who helps you there')),
                    ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True, verbose_name='latitude')),
                    ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='longitude')),
                    ('picture', wagtail.fields.StreamField([('picture', 3)], blank=True, block_lookup={0: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 1: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 2: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('image', 0), ('alt', 1), ('caption', 2)]], {})}, verbose_name='picture or map')),
                    ('duties', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='what the desk does')),
                ],
                options={
                    'verbose_name': 'service desk',
                    'verbose_name_plural': 'service desks',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='ServiceIndexPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ],
                options={
                    'verbose_name': 'list of services',
                    'verbose_name_plural': 'lists of services',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='Department',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_key', models.CharField(default='', editable=False, max_length=120)),
                    ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                    ('active', models.BooleanField(default=True, verbose_name='offered to citizens')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('address', models.CharField(blank=True, max_length=250, verbose_name='address')),
                    ('address_en', models.CharField(blank=True, max_length=250, verbose_name='address in English')),
                    ('description', models.TextField(blank=True, verbose_name='what it does')),
                    ('description_en', models.TextField(blank=True, verbose_name='what it does, in English')),
                    ('sort_order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='cms_pages.department', verbose_name='part of')),
                ],
                options={
                    'verbose_name': 'department',
                    'verbose_name_plural': 'departments',
                    'ordering': ('sort_order', 'name_key'),
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='DepartmentPage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('body', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='what it does')),
                    ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='cms_pages.department', verbose_name='department')),
                ],
                options={
                    'verbose_name': 'department page',
                    'verbose_name_plural': 'department pages',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='DeskSettings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('desk_name', models.CharField(default='میز خدمت الکترونیک', max_length=120, verbose_name='name of the desk')),
                    ('desk_name_en', models.CharField(blank=True, default='Electronic service desk', max_length=120, verbose_name='name of the desk in English')),
                    ('body_name', models.CharField(blank=True, max_length=160, verbose_name='name of the body')),
                    ('body_name_en', models.CharField(blank=True, max_length=160, verbose_name='name of the body in English')),
                    ('ministry', models.CharField(blank=True, max_length=160, verbose_name='ministry or parent body')),
                    ('ministry_en', models.CharField(blank=True, max_length=160, verbose_name='ministry or parent body in English')),
                    ('province', models.CharField(blank=True, max_length=60, verbose_name='province')),
                    ('province_en', models.CharField(blank=True, max_length=60, verbose_name='province in English')),
                    ('director_name', models.CharField(blank=True, max_length=120, verbose_name='name of the director')),
                    ('director_name_en', models.CharField(blank=True, max_length=120, verbose_name='name of the director in English')),
                    ('director_post', models.CharField(blank=True, max_length=120, verbose_name='post of the director')),
                    ('director_post_en', models.CharField(blank=True, max_length=120, verbose_name='post of the director in English')),
                    ('emblem', models.ImageField(blank=True, height_field='emblem_height', help_text='PNG, WebP or JPG, at most 200 KB; without one, a neutral sign is shown.', upload_to='emblem/', validators=[django.core.validators.FileExtensionValidator(['png', 'webp', 'jpg', 'jpeg']), cms_pages.models.desk_settings._small_enough], verbose_name='emblem', width_field='emblem_width')),
                    ('emblem_width', models.PositiveIntegerField(editable=False, null=True)),
                    ('emblem_height', models.PositiveIntegerField(editable=False, null=True)),
                    ('address', models.CharField(blank=True, max_length=250, verbose_name='address')),
                    ('address_en', models.CharField(blank=True, max_length=250, verbose_name='address in English')),
                    ('postal_code', models.CharField(blank=True, max_length=10, verbose_name='postal code')),
                    ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                    ('fax', models.CharField(blank=True, max_length=40, verbose_name='fax')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('website', models.URLField(blank=True, verbose_name='main website of the body')),
                    ('footer_text', wagtail.fields.RichTextField(blank=True, verbose_name='text in the foot of every page')),
                    ('footer_text_en', wagtail.fields.RichTextField(blank=True, verbose_name='text in the foot of every page, in English')),
                    ('accessibility_page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='accessibility statement')),
                    ('privacy_page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='privacy statement')),
                    ('site', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, to='wagtailcore.site')),
                ],
                options={
                    'verbose_name': 'the body and its desk',
                },
            ),
            migrations.CreateModel(
                name='Service',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name_key', models.CharField(default='', editable=False, max_length=120)),
                    ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                    ('code', models.CharField(blank=True, help_text='The code that the Administrative and Employment Organization gave it.', max_length=30, verbose_name='service code')),
                    ('name', models.CharField(max_length=160, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=160, verbose_name='name in English')),
                    ('delivery', models.CharField(choices=[('electronic', 'Electronic'), ('in_person', 'Non-electronic')], default='electronic', max_length=12, verbose_name='delivery')),
                    ('audience', models.CharField(choices=[('g2c', 'Citizens (G2C)'), ('g2b', 'Businesses (G2B)'), ('g2g', 'Public bodies (G2G)')], default='g2c', max_length=3, verbose_name='for whom')),
                    ('nature', models.CharField(choices=[('sovereign', 'Sovereign'), ('entrusted', 'Entrusted')], default='sovereign', max_length=10, verbose_name='nature')),
                    ('level', models.CharField(choices=[('national', 'National'), ('regional', 'Regional'), ('provincial', 'Provincial'), ('urban', 'Urban'), ('rural', 'Rural')], default='provincial', max_length=10, verbose_name='level')),
                    ('life_event', models.CharField(blank=True, choices=[('birth', 'Birth'), ('education', 'Education'), ('health', 'Health'), ('tax', 'Tax'), ('business', 'Business'), ('social_security', 'Social security'), ('property', 'Registering property'), ('city_works', 'City installations'), ('insurance', 'Insurance'), ('marriage', 'Marriage'), ('retirement', 'Retirement'), ('certificates', 'Documents and certificates'), ('death', 'Death'), ('other', 'Other')], max_length=20, verbose_name='life event')),
                    ('start', models.CharField(choices=[('application', 'Someone applies for it'), ('time', 'A certain time comes'), ('event', 'A certain event happens'), ('body', 'The body decides'), ('other', 'Other')], default='application', max_length=12, verbose_name='what starts it')),
                    ('visits', models.PositiveSmallIntegerField(default=0, help_text='How often people have to come in person.', verbose_name='visits in person')),
                    ('recipients_per_year', models.PositiveIntegerField(blank=True, null=True, verbose_name='recipients in a year')),
                    ('fee', models.PositiveBigIntegerField(default=0, help_text='0 means free of charge. While the agreement in force says so, it must be 0.', verbose_name='fee in rials')),
                    ('active', models.BooleanField(default=True, verbose_name='offered to citizens')),
                    ('sort_order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                    ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='cms_pages.department', verbose_name='department')),
                    ('needs', models.ManyToManyField(blank=True, related_name='services', to='cms_pages.need', verbose_name='needs')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='cms_pages.service', verbose_name='part of')),
                ],
                options={
                    'verbose_name': 'service',
                    'verbose_name_plural': 'services',
                    'ordering': ('sort_order', 'name_key'),
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ServicePage',
                fields=[
                    ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='desk_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                    ('duration', models.CharField(blank=True, help_text='The usual time in words; a promise belongs into the agreement.', max_length=150, verbose_name='how long it takes')),
                    ('frequency', models.CharField(blank=True, help_text='For example: once.', max_length=150, verbose_name='how often it is needed')),
                    ('recipients', models.CharField(blank=True, help_text='For example: land owners.', max_length=250, verbose_name='who may use it')),
                    ('link', models.URLField(blank=True, help_text='Where it starts, if not by a request here.', verbose_name='address of the electronic service')),
                    ('where', models.CharField(blank=True, help_text='For services that are not electronic; empty: the address of the department.', max_length=250, verbose_name='where to get it in person')),
                    ('documents', wagtail.fields.StreamField([('needed', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Document', 'max_length': 150}), 1: ('wagtail.blocks.CharBlock', (), {'help_text': 'For example: the original and one copy.', 'label': 'Note', 'max_length': 250, 'required': False}), 2: ('wagtail.blocks.BooleanBlock', (), {'label': 'Only in some cases', 'required': False}), 3: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {'label': 'Form to fill in', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('name', 0), ('note', 1), ('optional', 2), ('document', 3)]], {})}, verbose_name='needed documents')),
                    ('steps', wagtail.fields.StreamField([('step', 3)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'What happens', 'max_length': 150}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 2: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('applicant', 'You'), ('body', 'The body')], 'label': 'Who does it'}), 3: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('by', 2)]], {})}, verbose_name='steps')),
                    ('access', wagtail.fields.StreamField([('stage', 4)], blank=True, block_lookup={0: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('information', 'Information'), ('request', 'Request'), ('processing', 'Processing'), ('delivery', 'Delivery')], 'label': 'Stage'}), 1: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('website', 'Website'), ('mobile', 'Mobile app'), ('sms', 'SMS'), ('phone', 'Phone'), ('email', 'E-mail'), ('counter', 'Service counter office'), ('post', 'Post'), ('in_person', 'In person')], 'label': 'Ways'}), 2: ('wagtail.blocks.URLBlock', (), {'label': 'Link', 'required': False}), 3: ('wagtail.blocks.CharBlock', (), {'help_text': 'If people have to come in person: why.', 'label': 'Note', 'max_length': 250, 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('stage', 0), ('channels', 1), ('link', 2), ('note', 3)]], {})}, verbose_name='ways to reach it, by stage')),
                    ('body', wagtail.fields.StreamField([('heading', 2), ('paragraph', 3), ('list', 7), ('quotation', 10), ('callout', 14), ('steps', 19), ('questions', 24), ('contact', 31), ('table', 37), ('picture', 41), ('document', 44)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 150}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Part of the page'), ('h3', 'Below such a part')], 'label': 'Level'}), 2: ('wagtail.blocks.StructBlock', [[('text', 0), ('level', 1)]], {'group': 'Text'}), 3: ('cms_pages.blocks.text.ParagraphBlock', (), {'group': 'Text'}), 4: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numbered', 'required': False}), 5: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Line'}), 6: ('wagtail.blocks.ListBlock', (5,), {'label': 'Lines'}), 7: ('wagtail.blocks.StructBlock', [[('ordered', 4), ('items', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.TextBlock', (), {'label': 'Quotation'}), 9: ('wagtail.blocks.CharBlock', (), {'label': 'Who says so', 'max_length': 150, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('text', 8), ('source', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('info', 'Good to know'), ('waiting', 'Please note'), ('major', 'Warning'), ('ok', 'Good news')], 'label': 'Kind'}), 12: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 13: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Text', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('tone', 11), ('title', 12), ('text', 13)]], {'group': 'Guidance'}), 15: ('wagtail.blocks.CharBlock', (), {'label': 'What to do', 'max_length': 150}), 16: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Explanation', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('title', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Steps'}), 19: ('wagtail.blocks.StructBlock', [[('steps', 18)]], {'group': 'Guidance'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 22: ('wagtail.blocks.StructBlock', [[('question', 20), ('answer', 21)]], {}), 23: ('wagtail.blocks.ListBlock', (22,), {'label': 'Questions'}), 24: ('wagtail.blocks.StructBlock', [[('questions', 23)]], {'group': 'Guidance'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Whom or what', 'max_length': 150}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'Phone', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.EmailBlock', (), {'label': 'E-mail', 'required': False}), 28: ('wagtail.blocks.TextBlock', (), {'label': 'Address', 'required': False, 'rows': 2}), 29: ('wagtail.blocks.CharBlock', (), {'label': 'Hours', 'max_length': 150, 'required': False}), 30: ('wagtail.blocks.URLBlock', (), {'label': 'Website', 'required': False}), 31: ('wagtail.blocks.StructBlock', [[('name', 25), ('phone', 26), ('email', 27), ('address', 28), ('hours', 29), ('website', 30)]], {'group': 'Guidance'}), 32: ('wagtail.blocks.CharBlock', (), {'help_text': 'Stands above the table and is read out first.', 'label': 'What the table shows', 'max_length': 150}), 33: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'required': False}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'required': False}), 35: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link'], 'label': 'Text with links'}), 36: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 33), ('number', 34), ('rich_text', 35)]], {'label': 'Table'}), 37: ('wagtail.blocks.StructBlock', [[('caption', 32), ('table', 36)]], {'group': 'Guidance'}), 38: ('cms_pages.blocks.choosers.PictureChooserBlock', (), {}), 39: ('wagtail.blocks.CharBlock', (), {'help_text': 'What does the picture say? Write that, not “picture of …”.', 'label': 'Description for those who cannot see it', 'max_length': 250}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 41: ('wagtail.blocks.StructBlock', [[('image', 38), ('alt', 39), ('caption', 40)]], {'group': 'Images and documents'}), 42: ('cms_pages.blocks.choosers.PublicDocumentChooserBlock', (), {}), 43: ('wagtail.blocks.CharBlock', (), {'help_text': 'Empty: the title in the library.', 'label': 'Title', 'max_length': 150, 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('document', 42), ('title', 43)]], {'group': 'Images and documents'})}, verbose_name='description')),
                    ('questions', wagtail.fields.StreamField([('questions', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Question', 'max_length': 250}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'document-link', 'ul', 'ol'], 'label': 'Answer'}), 2: ('wagtail.blocks.StructBlock', [[('question', 0), ('answer', 1)]], {}), 3: ('wagtail.blocks.ListBlock', (2,), {'label': 'Questions'}), 4: ('wagtail.blocks.StructBlock', [[('questions', 3)]], {})}, verbose_name='questions')),
                    ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='cms_pages.service', verbose_name='service')),
                ],
                options={
                    'verbose_name': 'service passport',
                    'verbose_name_plural': 'service passports',
                },
                bases=('wagtailcore.page',),
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('officer', 'Case officer'), ('head', 'Head of department'), ('secretariat', 'Secretariat'), ('complaints', 'Complaints office'), ('editor', 'Editor'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20, verbose_name='role')),
                    ('department', models.ForeignKey(blank=True, help_text='Leave empty for a role in the whole body.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='cms_pages.department', verbose_name='department')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ],
                options={
                    'verbose_name': 'member of staff',
                    'verbose_name_plural': 'staff',
                    'ordering': ['department__sort_order', 'role', 'user_id'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'department', 'role'), name='membership_once_per_department'), models.UniqueConstraint(condition=models.Q(('department', None)), fields=('user', 'role'), name='membership_once_for_the_body'), models.CheckConstraint(condition=models.Q(('department', None), ('role__in', ['officer', 'head']), _negated=True), name='membership_officers_have_a_department'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['complaints', 'auditor', 'administrator']), _negated=True), ('department', None), _connector='OR'), name='membership_body_roles_have_none')],
                },
            ),
        ]),
    ]
