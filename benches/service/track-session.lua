-- Reports one viewing after the other, each with its own id.
local contents = tonumber(os.getenv("CONTENTS"))
local number = 0
local threads = {}
local headers = {
    ["content-type"] = "application/json",
    ["user-agent"] = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
}

setup = function(thread)
    thread:set("thread_number", #threads)
    table.insert(threads, thread)
end

taken = 0

request = function()
    number = number + 1
    local unique_id = "C" .. string.format("%09d", number % contents + 1):gsub("0", "a")
    local session = string.format("%08x-0000-4000-8000-%012x", thread_number, number)
    local body = '{"session_id":"' .. session .. '","device_type":"mobile","browser":"Chrome 131","avg_fps":'
        .. (20 + number % 20) .. ',"duration_seconds":' .. (number % 60) .. "}"
    return wrk.format("POST", "/api/ar/" .. unique_id .. "/track-session", headers, body)
end

response = function(status)
    if status == 202 then
        taken = taken + 1
    end
end

done = function()
    local total = 0
    for _, thread in ipairs(threads) do
        total = total + thread:get("taken")
    end
    print("taken in: " .. total)
end
