"""Photographs and radiographs in DICOM: strictly read, cleaned, and shown in their true depth."""
