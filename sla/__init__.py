"""Service level agreements: versions, signatures, the working calendar."""
