-- wrk's requests of one-image jobs: wrk -s bench/jobs.lua URL -- PHOTO_URL FIRST_IMAGE
-- Every photo has its own URL, so that no cache helps.
function init(args)
  photo = args[1]
  image = tonumber(args[2])
  headers = { ["Content-Type"] = "application/json" }
end

function request()
  image = image + 1
  return wrk.format("POST", nil, headers,
    string.format('{"count":1,"visits":[{"store_id":"S00339218","image_url":["%s?i=%d"],"visit_time":"2023-03-15T14:30:00Z"}]}',
      photo, image))
end
