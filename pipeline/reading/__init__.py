"""What any reader of people's files needs: packing, encodings, broken JSON, tables, and an account.

It knows nothing of what the records in a file are about; rooms above bring their record, their
formats, and their own words.
"""
