-- Asks for the active video of one content after the other.
local contents = tonumber(os.getenv("CONTENTS"))
local number = 0

request = function()
    number = number % contents + 1
    local unique_id = "C" .. string.format("%09d", number):gsub("0", "a")
    return wrk.format("GET", "/api/ar/" .. unique_id .. "/active-video")
end
