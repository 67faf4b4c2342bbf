"""Who is told of notices: subscribing, what happened, and handing it over in batches."""
